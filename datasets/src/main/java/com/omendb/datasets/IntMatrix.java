package com.omendb.datasets;

import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;

/// A file of int32 rows of one length, such as the row numbers of exact nearest neighbours, mapped
/// into memory.
///
/// Reads `ivecs` and `ibin`, also with `.gz`, and the data set `neighbors` of an ann-benchmarks
/// HDF5 file. Reading is thread-safe; nothing may be read after [#close()].
public final class IntMatrix implements AutoCloseable {
  static final int MAX_COLUMNS = 1 << 20;

  private final MappedMatrix matrix;
  private final MatrixShape shape;

  private IntMatrix(MappedMatrix matrix) {
    this.matrix = matrix;
    this.shape = matrix.shape();
  }

  /// Opens a file of integers.
  ///
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if the extension stands for no format of integers
  public static IntMatrix open(Path path) throws IOException {
    VectorFormat format = VectorFormat.ofPath(path);
    if (format == VectorFormat.HDF5) {
      try (Hdf5Reader reader = new Hdf5Reader(path)) {
        return new IntMatrix(reader.integers(Hdf5Reader.NEIGHBORS));
      }
    }
    if (!format.isInteger()) {
      throw new IllegalArgumentException("the file holds no integers: path=" + path);
    }
    return new IntMatrix(MappedMatrix.open(path, format, MAX_COLUMNS, 0, MappedMatrix.ALL_ROWS));
  }

  /// Number of rows.
  public long rows() {
    return shape.rows();
  }

  /// Integers a row.
  public int columns() {
    return shape.columns();
  }

  /// One integer.
  ///
  /// @throws IndexOutOfBoundsException if there is no such row or column
  public int get(long row, int column) {
    Objects.checkIndex(row, shape.rows());
    Objects.checkIndex(column, shape.columns());
    long offset = shape.firstOffset() + row * shape.strideBytes() + (long) column * Integer.BYTES;
    return matrix.segment().get(NativeMemory.INT, offset);
  }

  MemorySegment copy(Arena target) {
    return matrix.copy(target);
  }

  /// Unmaps the file and deletes what was unpacked for it.
  @Override
  public void close() {
    matrix.close();
  }
}
