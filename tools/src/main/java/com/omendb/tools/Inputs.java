package com.omendb.tools;

import com.omendb.datasets.VectorFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Opens the vector files that commands are given.
final class Inputs {
  private Inputs() {}

  /// A vector file, or a range of its rows; the caller closes it.
  static VectorFile vectors(Path path, @Nullable RowRange rows) throws IOException {
    return rows == null
        ? VectorFile.open(path)
        : VectorFile.open(path, rows.fromRow(), rows.rowCount());
  }
}
