package com.omendb.tools.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the operating system counts as this process's memory. Zeros where there is no `/proc`.
///
/// @param residentBytes resident now
/// @param peakBytes the most that was ever resident
/// @param anonymousBytes of the resident, what belongs to no file: heap, frames, codes
/// @param fileBytes of the resident, mapped files
/// @param heapBytes of the anonymous, what the Java heap has in use, garbage included
record ProcessMemory(
    long residentBytes, long peakBytes, long anonymousBytes, long fileBytes, long heapBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /// Reads the present figures.
  static ProcessMemory now() {
    try {
      String status = Files.exists(STATUS) ? Files.readString(STATUS) : "";
      Runtime runtime = Runtime.getRuntime();
      return new ProcessMemory(
          bytes(status, "VmRSS:"),
          bytes(status, "VmHWM:"),
          bytes(status, "RssAnon:"),
          bytes(status, "RssFile:"),
          runtime.totalMemory() - runtime.freeMemory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long bytes(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElse(0);
  }

  @Override
  public String toString() {
    return "RSS %.0f MB (anonymous %.0f, files %.0f), peak %.0f MB"
        .formatted(residentBytes / 1e6, anonymousBytes / 1e6, fileBytes / 1e6, peakBytes / 1e6);
  }
}
