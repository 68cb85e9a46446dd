package com.omendb.datasets.files;

import java.nio.ByteBuffer;

/// Makes the bytes of one format out of rows of floats or of bytes that are stored as they are.
interface RowEncoder {
  /// Bytes before the first row. Their number does not depend on that of the rows.
  ///
  /// @param rows number of rows; 0 as long as it is not known
  byte[] header(long rows);

  /// The most bytes that a row takes.
  int maxRowBytes();

  /// Writes what comes before the elements of a row.
  void beginRow(ByteBuffer out);

  /// Writes an element that the type holds.
  void put(int column, float value, ByteBuffer out);

  /// Writes what comes behind the elements of a row.
  void endRow(ByteBuffer out);
}
