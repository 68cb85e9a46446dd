package com.omendb.datasets.files;

import com.omendb.datasets.tables.Content;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// A file of int32 rows of one length, such as the row numbers of exact nearest neighbours, mapped
/// into memory.
///
/// Reads `ivecs` and `ibin`, also with `.gz`, and the table of neighbours of a file of tables: of
/// an ann-benchmarks HDF5 file the data set `neighbors`, unless another is named after a `#`. An
/// `ibin` file may go on with as many float32 distances, as those of the billion-scale benchmarks
/// do. Reading is thread-safe; nothing may be read after [#close()].
public final class IntMatrix implements AutoCloseable {
  private final MappedMatrix matrix;
  private final MatrixShape shape;

  IntMatrix(MappedMatrix matrix) {
    this.matrix = matrix;
    this.shape = matrix.shape();
  }

  /// Opens a file of integers.
  ///
  /// @param path the file
  /// @return the open matrix, to be closed by the caller
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the extension stands for no format of integers
  public static IntMatrix open(Path path) throws IOException {
    VectorFormat format = VectorFormat.ofPath(path);
    if (format.hasTables()) {
      try (TableReader reader = TableReader.open(path)) {
        return reader.integers();
      }
    }
    return open(path, format);
  }

  /// Opens a file of a `vecs` or `bin` format, whatever its extension.
  ///
  /// @param path the file
  /// @param format a format of integers
  /// @return the open matrix, to be closed by the caller
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the format holds no integers
  public static IntMatrix open(Path path, VectorFormat format) throws IOException {
    if (!format.isInteger()) {
      throw new IllegalArgumentException("the file holds no integers: path=" + path);
    }
    return new IntMatrix(
        MappedMatrix.open(path, format, Content.MAX_NEIGHBOURS, 0, MappedMatrix.ALL_ROWS));
  }

  /// {@return number of rows}
  public long rows() {
    return shape.rows();
  }

  /// {@return integers a row}
  public int columns() {
    return shape.columns();
  }

  /// {@return one integer}
  ///
  /// @param row number of the row, from 0
  /// @param column number of the integer, from 0
  /// @throws IndexOutOfBoundsException if there is no such row or column
  public int get(long row, int column) {
    Objects.checkIndex(row, shape.rows());
    Objects.checkIndex(column, shape.columns());
    long offset = shape.firstOffset() + row * shape.strideBytes() + (long) column * Integer.BYTES;
    return matrix.segment().get(NativeMemory.INT, offset);
  }

  /// {@return a dense copy of all rows that outlives this}
  ///
  /// @param target owns the copy
  public MemorySegment copy(Arena target) {
    return matrix.copy(target);
  }

  /// {@return whether float32 distances follow the integers}
  public boolean hasDistances() {
    return matrix.hasDistancesBehind();
  }

  /// {@return a copy of the float32 distances behind the integers; empty if the file ends with
  /// those}
  ///
  /// @param target owns the copy
  public Optional<MemorySegment> distances(Arena target) {
    long bytes = shape.rows() * shape.strideBytes();
    if (!matrix.hasDistancesBehind()) {
      return Optional.empty();
    }
    MemorySegment copy = target.allocate(bytes, Float.BYTES);
    return Optional.of(copy.copyFrom(matrix.segment().asSlice(shape.firstOffset() + bytes, bytes)));
  }

  /// Unmaps the file and deletes its temporary copy, if there is one.
  @Override
  public void close() {
    matrix.close();
  }
}
