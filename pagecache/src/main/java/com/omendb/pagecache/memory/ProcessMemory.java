package com.omendb.pagecache.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the operating system counts as this process's memory.
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /// Resident set size in bytes, or 0 where the system does not tell.
  public static long residentBytes() {
    return statusBytes("VmRSS:");
  }

  /// The largest resident set size so far, or since the last successful [#resetPeak()], in bytes; 0
  /// where the system does not tell.
  public static long peakResidentBytes() {
    return statusBytes("VmHWM:");
  }

  /// Sets the peak back to what is resident now.
  ///
  /// @return false where the system does not allow it
  public static boolean resetPeak() {
    try {
      Files.writeString(CLEAR_REFS, "5");
      return true;
    } catch (IOException | SecurityException _) {
      return false;
    }
  }

  private static long statusBytes(String label) {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(label)) {
          String kilobytes = line.substring(label.length()).replace("kB", "").strip();
          return Long.parseLong(kilobytes) * 1024;
        }
      }
      return 0;
    } catch (IOException | NumberFormatException _) {
      return 0;
    }
  }
}
