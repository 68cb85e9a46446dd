package com.omendb.store;

import java.util.Locale;

/// How the pages of an open index are read from the SSD.
public enum ReadEngine {
  /// Linux's io_uring: a round of reads costs one system call.
  IO_URING,
  /// Positional reads, side by side on a bounded pool of threads.
  PREAD,
  /// Copies out of a mapping of the file, through the operating system's cache.
  MAPPED;

  /// {@return what users call it: `io_uring`, `pread`, `mapped`}
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
