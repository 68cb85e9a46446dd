package com.omendb.store;

import java.util.Locale;

/// How the pages of an open index are read from the SSD.
public enum ReadEngine {
  /// Linux's io_uring: one system call for a whole round of reads.
  IO_URING,
  /// Positional reads (`pread`), side by side on a bounded pool of threads. Like io_uring, it reads
  /// past the operating system's cache (`O_DIRECT`) unless [OpenTuning#directIo] is off.
  PREAD,
  /// Copies from a memory mapping of the file, through the operating system's cache. Never chosen
  /// by default.
  MAPPED;

  /// {@return the name on the command line: `io_uring`, `pread`, `mapped`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the engine with this label, ignoring case}
  ///
  /// @param label text that names one, in any case
  /// @throws IllegalArgumentException if there is none
  public static ReadEngine ofLabel(String label) {
    for (ReadEngine engine : values()) {
      if (engine.label().equals(label.toLowerCase(Locale.ROOT))) {
        return engine;
      }
    }
    throw new IllegalArgumentException(
        "unknown read engine, known are io_uring, pread, mapped: engine=" + label);
  }
}
