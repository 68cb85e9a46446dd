package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// Too little of a damaged index is left to repair it. The message says what is missing and, if
/// anything would help, what.
public final class UnrepairableException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Says what happened.
  ///
  /// @param what what is missing, in one clause
  /// @param path the index, or the file that matters
  public UnrepairableException(String what, Path path) {
    super("cannot be repaired: " + what + ": path=" + path);
  }
}
