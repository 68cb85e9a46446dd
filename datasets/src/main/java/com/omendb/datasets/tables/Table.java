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

  /// {@return byte offset of row 0 in the uncompressed file, if the rows lie there one after
  /// another exactly as they are needed in memory; empty if they have to be converted}
  default OptionalLong storedAt() {
    return OptionalLong.empty();
  }

  /// Writes rows to a sink, in order.
  ///
  /// @param fromRow the first row, from 0
  /// @param rowCount the largest number of rows to write; fewer if the table ends before
  /// @param sink receives the rows
  /// @throws IOException if a row is malformed or cannot be read or written
  void copy(long fromRow, long rowCount, RowSink sink) throws IOException;
}
