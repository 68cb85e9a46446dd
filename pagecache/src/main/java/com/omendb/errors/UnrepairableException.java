package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// Too little of an index is left to make one of: the message says what is missing, and what would
/// bring it back if anything would.
public final class UnrepairableException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Says what happened.
  ///
  /// @param what is missing, one clause
  /// @param path the index, or the file that matters
  public UnrepairableException(String what, Path path) {
    super("cannot be repaired: " + what + ": path=" + path);
  }
}
