package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// An index that was replaced or removed while a snapshot of it began; nothing was written, and
/// another try finds what is there now.
public final class IndexChangedException extends IOException {
  private static final long serialVersionUID = 1;

  /// Names the index.
  ///
  /// @param directory of the index
  public IndexChangedException(Path directory) {
    super("the index was replaced or removed while its files were opened: path=" + directory);
  }
}
