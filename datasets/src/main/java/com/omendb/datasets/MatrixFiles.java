package com.omendb.datasets;

import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Writes whole matrices of int32 (`ivecs`, `ibin`) or float32 (`fbin`, `fvecs`) values, row by
/// row.
///
/// A file appears under its name when it is whole and forced to disk.
public final class MatrixFiles {
  private static final int BUFFER_BYTES = 1 << 20;

  private MatrixFiles() {}

  /// Writes rows of integers to an `ivecs` or `ibin` file.
  ///
  /// @param values the rows, one after another
  /// @param columns values a row
  /// @throws IllegalArgumentException if the format holds no integers or the last row is incomplete
  /// @throws IOException if the file cannot be written
  public static void writeInts(Path path, int[] values, int columns) throws IOException {
    writeInts(path, MemorySegment.ofArray(values), columns);
  }

  /// Writes rows of floats to an `fbin` or `fvecs` file.
  ///
  /// @param values the rows, one after another
  /// @param columns values a row
  /// @throws IllegalArgumentException if the format holds no floats or the last row is incomplete
  /// @throws IOException if the file cannot be written
  public static void writeFloats(Path path, float[] values, int columns) throws IOException {
    writeFloats(path, MemorySegment.ofArray(values), columns);
  }

  private static void writeInts(Path path, MemorySegment values, int columns) throws IOException {
    try (StagedFile file = stageInts(path, values, columns)) {
      file.publish();
    }
  }

  /// Writes rows of integers to a file that is yet to be published.
  static StagedFile stageInts(Path path, MemorySegment values, int columns) throws IOException {
    VectorFormat format = VectorFileWriter.writableFormat(path);
    if (!format.isInteger()) {
      throw new IllegalArgumentException("the file format holds no integers: path=" + path);
    }
    return stage(path, format, values, columns);
  }

  private static void writeFloats(Path path, MemorySegment values, int columns) throws IOException {
    try (StagedFile file = stageFloats(path, values, columns)) {
      file.publish();
    }
  }

  /// Writes rows of floats to a file that is yet to be published.
  static StagedFile stageFloats(Path path, MemorySegment values, int columns) throws IOException {
    VectorFormat format = VectorFileWriter.writableFormat(path);
    if (format != VectorFormat.FBIN && format != VectorFormat.FVECS) {
      throw new IllegalArgumentException("the file format holds no floats: path=" + path);
    }
    return stage(path, format, values, columns);
  }

  private static StagedFile stage(Path path, VectorFormat format, MemorySegment values, int columns)
      throws IOException {
    long cells = values.byteSize() / Integer.BYTES;
    if (columns < 1 || columns > IntMatrix.MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "columns out of range 1.." + IntMatrix.MAX_COLUMNS + ": columns=" + columns);
    }
    if (cells < columns || cells % columns != 0) {
      throw new IllegalArgumentException(
          "the values are not whole rows: values=" + cells + ", columns=" + columns);
    }
    StagedFile file = StagedFile.create(path);
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      boolean rowLengths = format.layout() == VectorFormat.Layout.ROW_LENGTHS;
      if (!rowLengths) {
        buffer.putInt((int) (cells / columns)).putInt(columns);
      }
      for (long cell = 0; cell < cells; cell++) {
        if (buffer.remaining() < 2 * Integer.BYTES) {
          drain(buffer, file);
        }
        if (rowLengths && cell % columns == 0) {
          buffer.putInt(columns);
        }
        buffer.putInt(values.get(NativeMemory.INT, cell * Integer.BYTES));
      }
      drain(buffer, file);
      return file;
    } catch (Throwable e) {
      MappedMatrix.closeAfterFailure(file, e);
      throw e;
    }
  }

  private static void drain(ByteBuffer buffer, StagedFile file) throws IOException {
    buffer.flip();
    file.append(buffer);
    buffer.clear();
  }
}
