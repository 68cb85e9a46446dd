package com.omendb.datasets.files;

import com.omendb.datasets.io.TemporaryFile;
import com.omendb.vectors.files.PathCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The rows of one file, mapped into memory, with the temporary file behind them if there is one.
///
/// Thread-safe for reading; it must not be read while or after it is closed.
final class MappedMatrix implements AutoCloseable {
  /// Stands for "all rows from the first on".
  static final long ALL_ROWS = Long.MAX_VALUE;

  private final Arena arena;
  private final @Nullable TemporaryFile temporary;
  private final MemorySegment segment;
  private final MatrixShape shape;
  private boolean closed;

  private MappedMatrix(
      Arena arena, @Nullable TemporaryFile temporary, MemorySegment segment, MatrixShape shape) {
    this.arena = arena;
    this.temporary = temporary;
    this.segment = segment;
    this.shape = shape;
  }

  /// Opens a range of the rows of a `vecs` or `bin` file, compressed or not.
  ///
  /// @param maxColumns largest row length to accept
  /// @param rowCount number of rows, or [#ALL_ROWS]
  /// @throws VectorFileException if the file is malformed
  /// @throws IllegalArgumentException if the range is not within the file's rows
  static MappedMatrix open(
      Path path, VectorFormat format, int maxColumns, long fromRow, long rowCount)
      throws IOException {
    requireRange(fromRow, rowCount);
    PathCheck.requireFile(path);
    if (!VectorFormat.isGzip(path)) {
      return map(path, null, path, format, maxColumns, fromRow, rowCount);
    }
    TemporaryFile temporary = TemporaryFile.create(format.extension());
    try {
      long lastRow = rowCount > ALL_ROWS - fromRow ? ALL_ROWS : fromRow + rowCount;
      Inflater.inflate(path, format, maxColumns, lastRow, temporary);
      return map(temporary.path(), temporary, path, format, maxColumns, fromRow, rowCount);
    } catch (Throwable e) {
      closeAfterFailure(temporary, e);
      throw e;
    }
  }

  /// Maps rows whose place in a file is known already.
  ///
  /// @param mapped the file that holds them
  /// @param temporary the same file if it is temporary: this object deletes it; else null
  static MappedMatrix ofShape(Path mapped, @Nullable TemporaryFile temporary, MatrixShape shape)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MappedMatrix matrix = new MappedMatrix(arena, temporary, mapFile(mapped, arena), shape);
      if (temporary != null) {
        temporary.deleteWhileMapped();
      }
      return matrix;
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  private static MappedMatrix map(
      Path mapped,
      @Nullable TemporaryFile temporary,
      Path path,
      VectorFormat format,
      int maxColumns,
      long fromRow,
      long rowCount)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment segment = mapFile(mapped, arena);
      MatrixShape whole = MatrixShape.read(segment, format, path, maxColumns, fromRow, rowCount);
      MatrixShape shape = whole.rows(fromRow, rowCount, path);
      if (temporary != null) {
        temporary.deleteWhileMapped();
      }
      return new MappedMatrix(arena, temporary, segment, shape);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  MemorySegment segment() {
    return segment;
  }

  MatrixShape shape() {
    return shape;
  }

  /// Whether as many bytes follow the last row as there are before it, as those of the distances of
  /// a ground truth do: of an `ibin` file, whose length was checked.
  boolean hasDistancesBehind() {
    long bytes = shape.rows() * shape.strideBytes();
    return shape.firstOffset() == BinHeader.BYTES
        && segment.byteSize() == BinHeader.BYTES + 2 * bytes;
  }

  /// A dense copy of the rows, for matrices of 4-byte elements that outlive the file.
  MemorySegment copy(Arena target) {
    long rowBytes = (long) shape.columns() * Integer.BYTES;
    MemorySegment copy = target.allocate(Math.multiplyExact(shape.rows(), rowBytes), Integer.BYTES);
    for (long row = 0; row < shape.rows(); row++) {
      long from = shape.firstOffset() + row * shape.strideBytes();
      MemorySegment.copy(segment, from, copy, row * rowBytes, rowBytes);
    }
    return copy;
  }

  /// Unmaps the rows and deletes the temporary file. A second call does nothing.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    arena.close();
    if (temporary != null) {
      temporary.close();
    }
  }

  static void requireRange(long fromRow, long rowCount) {
    if (fromRow < 0) {
      throw new IllegalArgumentException("the first row is negative: fromRow=" + fromRow);
    }
    if (rowCount < 1) {
      throw new IllegalArgumentException("no rows are asked for: rowCount=" + rowCount);
    }
  }

  static void closeAfterFailure(AutoCloseable resource, Throwable failure) {
    try {
      resource.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  static MemorySegment mapFile(Path path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }
}
