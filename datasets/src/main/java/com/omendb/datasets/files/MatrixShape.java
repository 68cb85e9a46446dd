package com.omendb.datasets.files;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Where the rows of a matrix lie in the bytes of its file.
///
/// @param firstOffset byte offset of row 0's first element
/// @param strideBytes bytes from one row's first element to the next row's
/// @param rows number of rows, at least 1
/// @param columns elements a row, at least 1
record MatrixShape(long firstOffset, long strideBytes, long rows, int columns) {

  /// Bytes of the length before every row of the `vecs` formats.
  static final int ROW_LENGTH_BYTES = 4;

  /// Reads and checks the shape of a whole file.
  ///
  /// Of a `vecs` file, the lengths of the rows in the given range are checked and no others, so
  /// that a slice of a large file does not cost reading all of it.
  ///
  /// @param bytes the file
  /// @param fromRow first row whose length is checked
  /// @param rowCount number of rows whose lengths are checked; more than there are means all
  /// @throws VectorFileException if the bytes contradict themselves
  static MatrixShape read(
      MemorySegment bytes,
      VectorFormat format,
      Path path,
      int maxColumns,
      long fromRow,
      long rowCount)
      throws VectorFileException {
    return switch (format.layout()) {
      case HEADER -> readBin(bytes, format, path, maxColumns);
      case ROW_LENGTHS -> readVecs(bytes, format, path, maxColumns, fromRow, rowCount);
      case TABLES -> throw new AssertionError("tables have no fixed shape");
    };
  }

  /// The shape of a range of these rows.
  ///
  /// @param rowCount number of rows, or [MappedMatrix#ALL_ROWS]
  /// @throws IllegalArgumentException if the range is not within the rows
  MatrixShape rows(long fromRow, long rowCount, Path path) {
    long count = rowCount == MappedMatrix.ALL_ROWS ? rows - fromRow : rowCount;
    if (fromRow >= rows || count > rows - fromRow) {
      throw tooFewRows(path, rows, fromRow, rowCount);
    }
    return new MatrixShape(firstOffset + fromRow * strideBytes, strideBytes, count, columns);
  }

  static IllegalArgumentException tooFewRows(Path path, long rows, long fromRow, long rowCount) {
    return new IllegalArgumentException(
        "the file has too few rows for this range: path="
            + path
            + ", rows="
            + rows
            + ", fromRow="
            + fromRow
            + ", rowCount="
            + (rowCount == MappedMatrix.ALL_ROWS ? "all" : rowCount));
  }

  private static MatrixShape readBin(
      MemorySegment bytes, VectorFormat format, Path path, int maxColumns)
      throws VectorFileException {
    BinHeader header = BinHeader.read(bytes, path, maxColumns);
    long expected = header.fileBytes(format);
    long actual = bytes.byteSize();
    if (actual != expected && actual != header.longestFileBytes(format)) {
      throw new VectorFileException(
          (actual < expected
                  ? "the file is shorter than its header says ("
                  : "the file goes on after its last row (")
              + header.rows()
              + " rows of "
              + header.columns()
              + ")",
          path,
          Math.min(actual, expected),
          expected + " bytes",
          actual + " bytes");
    }
    long strideBytes = (long) header.columns() * format.elementBytes();
    return new MatrixShape(BinHeader.BYTES, strideBytes, header.rows(), header.columns());
  }

  private static MatrixShape readVecs(
      MemorySegment bytes,
      VectorFormat format,
      Path path,
      int maxColumns,
      long fromRow,
      long rowCount)
      throws VectorFileException {
    long size = bytes.byteSize();
    long strideBytes = readRowBytes(bytes, format, path, maxColumns);
    int columns = bytes.get(NativeMemory.INT, 0);
    long rows = size / strideBytes;
    long from = Math.min(fromRow, rows);
    checkRowLengths(
        bytes, path, columns, strideBytes, from, from + Math.min(rowCount, rows - from));
    long rest = size % strideBytes;
    if (rest != 0) {
      throw new VectorFileException(
          "the file ends in the middle of a row",
          path,
          size - rest,
          strideBytes + " bytes",
          rest + " bytes");
    }
    return new MatrixShape(ROW_LENGTH_BYTES, strideBytes, rows, columns);
  }

  /// Bytes from row to row of a `vecs` file, by the length of its first row.
  ///
  /// @throws VectorFileException if the bytes are no row length
  static long readRowBytes(MemorySegment bytes, VectorFormat format, Path path, int maxColumns)
      throws VectorFileException {
    if (bytes.byteSize() < ROW_LENGTH_BYTES) {
      throw new VectorFileException(
          "the file is shorter than a row's length",
          path,
          0,
          "at least " + ROW_LENGTH_BYTES + " bytes",
          bytes.byteSize() + " bytes");
    }
    int columns = requireColumns(bytes.get(NativeMemory.INT, 0), path, 0, maxColumns);
    return ROW_LENGTH_BYTES + (long) columns * format.elementBytes();
  }

  private static void checkRowLengths(
      MemorySegment bytes, Path path, int columns, long strideBytes, long fromRow, long toRow)
      throws VectorFileException {
    for (long row = fromRow; row < toRow; row++) {
      int length = bytes.get(NativeMemory.INT, row * strideBytes);
      if (length != columns) {
        throw new VectorFileException(
            "row " + row + " has another length than row 0",
            path,
            row * strideBytes,
            columns,
            length);
      }
    }
  }

  static int requireColumns(int columns, Path path, long offset, int maxColumns)
      throws VectorFileException {
    if (columns < 1 || columns > maxColumns) {
      throw new VectorFileException(
          "the row length is out of range", path, offset, "1.." + maxColumns, columns);
    }
    return columns;
  }
}
