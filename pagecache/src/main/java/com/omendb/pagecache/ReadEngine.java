package com.omendb.pagecache;

import org.jspecify.annotations.Nullable;

/// The ways to read pages, best first.
enum ReadEngine {
  /// Asynchronous direct reads, a ring a reader.
  IO_URING("io_uring"),
  /// Blocking direct reads, side by side on a pool of threads.
  PREAD("pread"),
  /// Blocking reads through the kernel's page cache.
  BUFFERED("buffered");

  /// Forces an engine for all files opened by this process.
  static final String PROPERTY = "omen.pageReader";

  private final String label;

  ReadEngine(String label) {
    this.label = label;
  }

  /// What users call it.
  String label() {
    return label;
  }

  /// The engine that the property forces, or null.
  static @Nullable ReadEngine forced() {
    String wanted = System.getProperty(PROPERTY);
    return wanted == null ? null : ofLabel(wanted);
  }

  static ReadEngine ofLabel(String wanted) {
    for (ReadEngine engine : values()) {
      if (engine.label.equals(wanted)) {
        return engine;
      }
    }
    throw new IllegalArgumentException(
        "the page readers are io_uring, pread and buffered: " + PROPERTY + "=" + wanted);
  }
}
