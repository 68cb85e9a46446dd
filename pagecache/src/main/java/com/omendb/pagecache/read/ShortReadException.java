package com.omendb.pagecache.read;

import java.io.EOFException;
import java.nio.file.Path;

/// A file that ends before what was to be read does.
final class ShortReadException extends EOFException {
  private static final long serialVersionUID = 1L;

  private final long expected;
  private final long actual;

  /// @param expected bytes wanted from the offset on
  /// @param actual bytes that are there
  ShortReadException(Path path, long offset, long expected, long actual) {
    super(
        "the file ends early: path=%s, offset=%d, expected=%d, actual=%d"
            .formatted(path, offset, expected, actual));
    this.expected = expected;
    this.actual = actual;
  }

  long expected() {
    return expected;
  }

  long actual() {
    return actual;
  }
}
