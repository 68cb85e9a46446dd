package com.omendb.errors;

import java.io.IOException;
import java.nio.file.Path;

/// The index was replaced or removed while a snapshot of it began. Nothing was written; another
/// attempt takes the index that is there then.
public final class IndexChangedException extends IOException {
  private static final long serialVersionUID = 1;

  /// Names the index.
  ///
  /// @param directory directory of the index
  public IndexChangedException(Path directory) {
    super("the index was replaced or removed while its files were opened: path=" + directory);
  }
}
