package com.omendb.datasets.tables;

import java.io.IOException;
import java.util.OptionalLong;

/// Rows of one length in a file. Not thread-safe.
public interface Table {
  /// {@return number of rows, at least 1; empty if only reading to the end can tell}
  OptionalLong rows();

  /// {@return elements a row, at least 1}
  int columns();

  /// {@return what an element becomes}
  CellType cellType();

  /// {@return where in the plain file the rows lie, one behind the other, just as they are needed
  /// in memory; empty if they have to be converted}
  default OptionalLong storedAt() {
    return OptionalLong.empty();
  }

  /// Writes rows to a sink, in order.
  ///
  /// @param fromRow the first row
  /// @param rowCount the most rows to write; fewer if there are no more
  /// @param sink takes the rows
  /// @throws IOException if a row is malformed or cannot be read or written
  void copy(long fromRow, long rowCount, RowSink sink) throws IOException;
}
