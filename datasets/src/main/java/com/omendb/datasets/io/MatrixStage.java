package com.omendb.datasets.io;

import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Writes whole matrices of 4-byte elements to files that appear later, together with others or not
/// at all.
public final class MatrixStage {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int MAX_COLUMNS = 1 << 20;

  private MatrixStage() {}

  /// Gives one element of a matrix.
  @FunctionalInterface
  public interface Cells {
    /// The bits of the element of a row and a column.
    int get(long row, int column);
  }

  /// Writes rows of 4-byte elements to a file that is yet to be published.
  ///
  /// @param rowLengths whether each row comes behind its length, as in `vecs` files, or all behind
  ///   a header, as in `bin` files
  /// @param values the rows, one after another
  /// @param columns values a row
  /// @throws IllegalArgumentException if the last row is incomplete
  /// @throws IOException if the file cannot be written
  public static StagedFile write(Path path, boolean rowLengths, MemorySegment values, int columns)
      throws IOException {
    long cells = values.byteSize() / Integer.BYTES;
    requireColumns(columns);
    if (cells < columns || cells % columns != 0) {
      throw new IllegalArgumentException(
          "the values are not whole rows: values=" + cells + ", columns=" + columns);
    }
    return write(
        path,
        rowLengths,
        cells / columns,
        columns,
        (row, column) -> values.get(NativeMemory.INT, (row * columns + column) * Integer.BYTES));
  }

  /// The same for elements that come one at a time.
  ///
  /// @throws IOException if the file cannot be written
  public static StagedFile write(Path path, boolean rowLengths, long rows, int columns, Cells cells)
      throws IOException {
    requireColumns(columns);
    StagedFile file = StagedFile.create(path);
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (!rowLengths) {
        buffer.putInt((int) rows).putInt(columns);
      }
      for (long row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          if (buffer.remaining() < 2 * Integer.BYTES) {
            drain(buffer, file);
          }
          if (rowLengths && column == 0) {
            buffer.putInt(columns);
          }
          buffer.putInt(cells.get(row, column));
        }
      }
      drain(buffer, file);
      return file;
    } catch (Throwable e) {
      try {
        file.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private static void requireColumns(int columns) {
    if (columns < 1 || columns > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "columns out of range 1.." + MAX_COLUMNS + ": columns=" + columns);
    }
  }

  private static void drain(ByteBuffer buffer, StagedFile file) throws IOException {
    buffer.flip();
    file.append(buffer);
    buffer.clear();
  }
}
