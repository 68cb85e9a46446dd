package com.omendb.datasets.files;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of vectors or integers that is malformed, truncated or contradicts its own header.
///
/// The message names the file, the byte offset (of text, line and column), what was expected there
/// and what was found.
public final class VectorFileException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /// Says what happened.
  ///
  /// @param what what is wrong, such as `the file ends in the middle of a row`
  /// @param path the file
  /// @param offset byte offset of the bad bytes, counted in the inflated data of a `.gz` file
  /// @param expected what should be there
  /// @param actual what was found
  public VectorFileException(String what, Path path, long offset, Object expected, Object actual) {
    this(what, path, offset, expected, actual, null);
  }

  /// The same with a cause.
  ///
  /// @param what what is wrong, in one clause
  /// @param path the file
  /// @param offset byte offset in the file
  /// @param expected what should have been there
  /// @param actual what was found
  /// @param cause the exception that revealed it
  public VectorFileException(
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

  private VectorFileException(String message) {
    super(message);
  }

  /// {@return a text that is malformed}
  ///
  /// @param line line of the bad text, from 1
  /// @param column column of the bad text, from 1: of a character, or of a field where text is
  ///   separated into fields
  /// @param what what is wrong, in one clause
  /// @param path the file
  /// @param expected what should have been there
  /// @param actual what was found
  public static VectorFileException inText(
      String what, Path path, long line, long column, Object expected, Object actual) {
    return new VectorFileException(
        what
            + ": path="
            + path
            + ", line="
            + line
            + ", column="
            + column
            + ", expected="
            + expected
            + ", actual="
            + actual);
  }
}
