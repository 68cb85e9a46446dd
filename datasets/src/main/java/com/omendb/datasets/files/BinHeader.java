package com.omendb.datasets.files;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The header of a `bin` file: a uint32 row count and a uint32 row length.
///
/// @param rows number of rows
/// @param columns elements a row
public record BinHeader(long rows, int columns) {
  /// Bytes of the header.
  public static final int BYTES = 8;

  private static final long UNSIGNED_INT = 0xffff_ffffL;

  /// Reads and checks a header, without looking at the rows.
  ///
  /// @param maxColumns largest row length to accept, in elements
  /// @param bytes the file from its beginning, at least the header
  /// @param path the file, for messages
  /// @return the header
  /// @throws VectorFileException if the bytes are no header
  public static BinHeader read(MemorySegment bytes, Path path, int maxColumns)
      throws VectorFileException {
    if (bytes.byteSize() < BYTES) {
      throw new VectorFileException(
          "the file is shorter than its header",
          path,
          0,
          BYTES + " bytes",
          bytes.byteSize() + " bytes");
    }
    long rows = bytes.get(NativeMemory.INT, 0) & UNSIGNED_INT;
    if (rows == 0) {
      throw new VectorFileException("the file holds no rows", path, 0, "at least 1 row", rows);
    }
    int columns = MatrixShape.requireColumns(bytes.get(NativeMemory.INT, 4), path, 4, maxColumns);
    return new BinHeader(rows, columns);
  }

  long fileBytes(VectorFormat format) {
    return BYTES + Math.multiplyExact(rows, (long) columns * format.elementBytes());
  }

  /// The same with what may follow the rows: as many float32 distances behind the row numbers of a
  /// ground truth.
  long longestFileBytes(VectorFormat format) {
    long bytes = fileBytes(format);
    return format == VectorFormat.IBIN ? Math.addExact(bytes, bytes - BYTES) : bytes;
  }
}
