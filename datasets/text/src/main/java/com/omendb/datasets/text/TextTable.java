package com.omendb.datasets.text;

import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.RowSink;
import com.omendb.datasets.tables.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/// The vectors of a text file. The first one says how many elements each has; how many there are,
/// is known after the last.
final class TextTable implements Table {
  private final Path path;
  private final Opener opener;
  private final int columns;

  /// Opens the file at its beginning.
  @FunctionalInterface
  interface Opener {
    VectorLines open() throws IOException;
  }

  private TextTable(Path path, Opener opener, int columns) {
    this.path = path;
    this.opener = opener;
    this.columns = columns;
  }

  /// Reads the first vector.
  ///
  /// @throws VectorFileException if there is none
  static TextTable open(Path path, Opener opener) throws IOException {
    try (VectorLines lines = opener.open()) {
      double[] first = lines.next();
      if (first == null) {
        throw new VectorFileException("the file holds no rows", path, 0, "at least 1 row", 0);
      }
      return new TextTable(path, opener, first.length);
    }
  }

  @Override
  public OptionalLong rows() {
    return OptionalLong.empty();
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public CellType cellType() {
    return CellType.FLOAT32;
  }

  @Override
  public void copy(long fromRow, long rowCount, RowSink sink) throws IOException {
    try (VectorLines lines = opener.open()) {
      for (long row = 0; row < fromRow || row - fromRow < rowCount; row++) {
        double[] vector = lines.next();
        if (vector == null) {
          return;
        }
        if (vector.length != columns) {
          throw VectorFileException.inText(
              "the vector has another length than the first",
              path,
              lines.line(),
              1,
              columns,
              vector.length);
        }
        if (row >= fromRow) {
          sink.doubles(vector);
        }
      }
    }
  }
}
