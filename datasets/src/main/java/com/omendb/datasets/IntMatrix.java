package com.omendb.datasets;

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
/// Reads `ivecs` and `ibin`, also with `.gz`, and the data set `neighbors` of an ann-benchmarks
/// HDF5 file, unless another is named after a `#`. An `ibin` file may go on with as many float32
/// distances, as those of the billion-scale benchmarks do. Reading is thread-safe; nothing may be
/// read after [#close()].
public final class IntMatrix implements AutoCloseable {
  static final int MAX_COLUMNS = 1 << 20;

  private final MappedMatrix matrix;
  private final MatrixShape shape;
  private final VectorFormat format;

  private IntMatrix(MappedMatrix matrix, VectorFormat format) {
    this.matrix = matrix;
    this.format = format;
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
      VectorFormat.Hdf5Path parts = VectorFormat.hdf5Path(path, Hdf5Reader.NEIGHBORS);
      try (Hdf5Reader reader = new Hdf5Reader(parts.file())) {
        return new IntMatrix(reader.integers(parts.dataset()), format);
      }
    }
    return open(path, format);
  }

  /// Opens a file of a `vecs` or `bin` format, whatever its extension.
  static IntMatrix open(Path path, VectorFormat format) throws IOException {
    if (!format.isInteger()) {
      throw new IllegalArgumentException("the file holds no integers: path=" + path);
    }
    return new IntMatrix(
        MappedMatrix.open(path, format, MAX_COLUMNS, 0, MappedMatrix.ALL_ROWS), format);
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

  /// A copy of the float32 distances behind the integers; empty if the file ends with those.
  Optional<MemorySegment> distances(Arena target) {
    long bytes = shape.rows() * shape.strideBytes();
    long end = shape.firstOffset() + bytes;
    if (format != VectorFormat.IBIN || matrix.segment().byteSize() == end) {
      return Optional.empty();
    }
    MemorySegment copy = target.allocate(bytes, Float.BYTES);
    return Optional.of(copy.copyFrom(matrix.segment().asSlice(end, bytes)));
  }

  /// Unmaps the file and deletes what was unpacked for it.
  @Override
  public void close() {
    matrix.close();
  }
}
