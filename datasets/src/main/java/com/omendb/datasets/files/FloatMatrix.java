package com.omendb.datasets.files;

import com.omendb.datasets.tables.Content;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A file of float32 rows of one length that need not be vectors, such as the distances of nearest
/// neighbours, mapped into memory. Nothing may be read after [#close()].
public final class FloatMatrix implements AutoCloseable {
  private final MappedMatrix matrix;

  FloatMatrix(MappedMatrix matrix) {
    this.matrix = matrix;
  }

  /// Opens a file as `fbin`, whatever its extension.
  ///
  /// @param path the file
  /// @return the open matrix, to be closed by the caller
  /// @throws VectorFileException if the file is malformed
  /// @throws IOException if it cannot be read
  public static FloatMatrix openFbin(Path path) throws IOException {
    return new FloatMatrix(
        MappedMatrix.open(
            path, VectorFormat.FBIN, Content.MAX_NEIGHBOURS, 0, MappedMatrix.ALL_ROWS));
  }

  /// {@return number of rows}
  public long rows() {
    return matrix.shape().rows();
  }

  /// {@return floats a row}
  public int columns() {
    return matrix.shape().columns();
  }

  /// {@return a dense copy of all rows that outlives this}
  ///
  /// @param target owns the copy
  public MemorySegment copy(Arena target) {
    return matrix.copy(target);
  }

  /// Unmaps the file and deletes its temporary copy, if there is one.
  @Override
  public void close() {
    matrix.close();
  }
}
