package com.omendb.pagecache.read;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The ways to read pages. [OpenedSource#open] chooses the one for a file.
public enum PageReaderKind {
  /// Asynchronous reads, a ring a reader.
  IO_URING("io_uring"),
  /// Positional reads, side by side on a bounded pool of threads.
  PREAD("pread"),
  /// Copies out of a mapping of the file, likewise side by side. Never chosen unless asked for.
  MAPPED("mapped");

  /// Forces an engine for all files that this process opens without naming one.
  static final String PROPERTY = "omen.pageReader";

  private final String label;

  PageReaderKind(String label) {
    this.label = label;
  }

  /// What users call it.
  String label() {
    return label;
  }

  /// The engine asked for: by name, else by the property, or null when by neither.
  ///
  /// @throws IllegalArgumentException when there is no such engine
  static @Nullable PageReaderKind forced(@Nullable String wanted) {
    if (wanted != null) {
      return ofLabel(wanted, "pageReader");
    }
    String property = System.getProperty(PROPERTY);
    return property == null ? null : ofLabel(property, PROPERTY);
  }

  private static PageReaderKind ofLabel(String wanted, String where) {
    for (PageReaderKind engine : values()) {
      if (engine.label.equals(wanted)) {
        return engine;
      }
    }
    String known =
        Arrays.stream(values()).map(PageReaderKind::label).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        "the page readers are %s: %s=%s".formatted(known, where, wanted));
  }
}
