package com.omendb.datasets.files;

import com.omendb.datasets.io.MatrixStage;
import com.omendb.datasets.io.StagedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Writes whole matrices of int32 (`ivecs`, `ibin`) or float32 (`fbin`, `fvecs`) values, row by
/// row.
///
/// A file appears under its name when it is whole and forced to disk.
public final class MatrixFiles {
  private MatrixFiles() {}

  /// Writes rows of integers to an `ivecs` or `ibin` file.
  ///
  /// @param values the rows, one after another
  /// @param columns number of values of a row
  /// @param path the file to write; its extension says the format
  /// @throws IllegalArgumentException if the format holds no integers or the last row is incomplete
  /// @throws IOException if the file cannot be written
  public static void writeInts(Path path, int[] values, int columns) throws IOException {
    VectorFormat format = VectorFileWriter.writableFormat(path);
    if (!format.isInteger()) {
      throw new IllegalArgumentException("the file format holds no integers: path=" + path);
    }
    write(path, format, MemorySegment.ofArray(values), columns);
  }

  /// Writes rows of floats to an `fbin` or `fvecs` file.
  ///
  /// @param values the rows, one after another
  /// @param columns number of values of a row
  /// @param path the file to write; its extension says the format
  /// @throws IllegalArgumentException if the format holds no floats or the last row is incomplete
  /// @throws IOException if the file cannot be written
  public static void writeFloats(Path path, float[] values, int columns) throws IOException {
    VectorFormat format = VectorFileWriter.writableFormat(path);
    if (format != VectorFormat.FBIN && format != VectorFormat.FVECS) {
      throw new IllegalArgumentException("the file format holds no floats: path=" + path);
    }
    write(path, format, MemorySegment.ofArray(values), columns);
  }

  /// Writes the rows of another file to an `ivecs` or `ibin` file, one after another.
  ///
  /// @param path the file to write; its extension says the format
  /// @param matrix the rows
  /// @throws IllegalArgumentException if the format holds no integers
  /// @throws IOException if the file cannot be written
  public static void write(Path path, IntMatrix matrix) throws IOException {
    VectorFormat format = VectorFileWriter.writableFormat(path);
    if (!format.isInteger()) {
      throw new IllegalArgumentException("the file format holds no integers: path=" + path);
    }
    boolean rowLengths = format.layout() == VectorFormat.Layout.ROW_LENGTHS;
    try (StagedFile file =
        MatrixStage.write(path, rowLengths, matrix.rows(), matrix.columns(), matrix::get)) {
      file.publish();
    }
  }

  private static void write(Path path, VectorFormat format, MemorySegment values, int columns)
      throws IOException {
    boolean rowLengths = format.layout() == VectorFormat.Layout.ROW_LENGTHS;
    try (StagedFile file = MatrixStage.write(path, rowLengths, values, columns)) {
      file.publish();
    }
  }
}
