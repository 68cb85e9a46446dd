package com.omendb.datasets;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of vectors or integers that is malformed, truncated or contradicts its own header.
///
/// The message names the file, the byte offset, what was expected there and what was found.
public final class VectorFileException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /// @param what what is wrong, such as `the file ends in the middle of a row`
  /// @param path the file
  /// @param offset byte offset of the bad bytes, counted in the inflated data of a `.gz` file
  /// @param expected what should be there
  /// @param actual what is there
  public VectorFileException(String what, Path path, long offset, Object expected, Object actual) {
    this(what, path, offset, expected, actual, null);
  }

  VectorFileException(
      String what,
      Path path,
      long offset,
      Object expected,
      Object actual,
      @Nullable Throwable cause) {
    super(
        what
            + ": path="
            + path
            + ", offset="
            + offset
            + ", expected="
            + expected
            + ", actual="
            + actual,
        cause);
  }
}
