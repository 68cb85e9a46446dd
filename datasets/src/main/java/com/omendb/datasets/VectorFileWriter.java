package com.omendb.datasets;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Writes a file of vectors, block by block, in the format that its extension stands for.
///
/// The file appears under its name on [#close()], whole and forced to disk; until then, or if an
/// append fails, there is none. A caller whose source of rows fails calls [#discard()] before
/// closing. Not thread-safe.
public final class VectorFileWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long MAX_ROWS = 0xffff_ffffL;

  private final Path path;
  private final VectorFormat format;
  private final int dimension;
  private final ElementType elementType;
  private final StagedFile file;
  private final ByteBuffer buffer;
  private final MemorySegment bufferSegment;
  private long count;
  private boolean discarded;
  private boolean closed;

  /// Begins a file.
  ///
  /// @param path where it will be; an existing file is replaced on close
  /// @param dimension elements a vector
  /// @param elementType their type, which must be the one that the extension stands for
  /// @throws IllegalArgumentException if path, dimension and type do not fit each other
  /// @throws IOException if the file cannot be created
  public VectorFileWriter(Path path, int dimension, ElementType elementType) throws IOException {
    this.format = writableFormat(path);
    if (!format.elementType().filter(elementType::equals).isPresent()) {
      throw new IllegalArgumentException(
          "this file format does not hold such elements: path="
              + path
              + ", elementType="
              + elementType.label());
    }
    if (dimension < 1 || dimension > VectorSource.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension out of range 1.." + VectorSource.MAX_DIMENSION + ": dimension=" + dimension);
    }
    this.path = path;
    this.dimension = dimension;
    this.elementType = elementType;
    this.buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    this.bufferSegment = MemorySegment.ofBuffer(buffer);
    this.file = StagedFile.create(path);
    if (format.layout() == VectorFormat.Layout.HEADER) {
      buffer.putInt(0).putInt(dimension);
    }
  }

  /// Appends all rows of a source.
  ///
  /// @throws IllegalArgumentException if the rows have another dimension or type
  /// @throws IOException if they cannot be written; the file will not appear then
  public void append(VectorSource rows) throws IOException {
    if (closed || discarded) {
      throw new IllegalStateException("the file is closed or discarded: path=" + path);
    }
    if (rows.dimension() != dimension || rows.elementType() != elementType) {
      throw new IllegalArgumentException(
          "the rows do not fit the file of dimension "
              + dimension
              + " and type "
              + elementType.label()
              + ": dimension="
              + rows.dimension()
              + ", elementType="
              + rows.elementType().label());
    }
    try {
      boolean rowLengths = format.layout() == VectorFormat.Layout.ROW_LENGTHS;
      for (long row = 0; row < rows.count(); row++) {
        appendRow(rows.segment(), rows.offset(row), rowLengths);
      }
    } catch (IOException | RuntimeException e) {
      discarded = true;
      throw e;
    }
    count += rows.count();
  }

  /// Number of rows appended so far.
  public long count() {
    return count;
  }

  /// Gives the file up: [#close()] will remove what was written.
  public void discard() {
    discarded = true;
  }

  /// Completes the file and gives it its name, unless it was discarded.
  ///
  /// @throws IllegalStateException if no row was appended: no format can hold that
  /// @throws IOException if the file cannot be completed
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (file) {
      if (discarded) {
        return;
      }
      if (count < 1 || count > MAX_ROWS) {
        throw new IllegalStateException(
            "a file holds 1.." + MAX_ROWS + " rows: path=" + path + ", count=" + count);
      }
      drain();
      if (format.layout() == VectorFormat.Layout.HEADER) {
        buffer.putInt((int) count).flip();
        file.overwrite(0, buffer);
      }
      file.publish();
    }
  }

  /// The format of a path that can be written to.
  static VectorFormat writableFormat(Path path) {
    VectorFormat format = VectorFormat.ofPath(path);
    if (VectorFormat.isGzip(path) || format == VectorFormat.HDF5) {
      throw new IllegalArgumentException(
          "only uncompressed vecs and bin files are written: path=" + path);
    }
    return format;
  }

  private void appendRow(MemorySegment segment, long offset, boolean rowLengths)
      throws IOException {
    int vectorBytes = elementType.vectorBytes(dimension);
    if (buffer.remaining() < Integer.BYTES + vectorBytes) {
      drain();
    }
    if (rowLengths) {
      buffer.putInt(dimension);
    }
    int at = buffer.position();
    MemorySegment.copy(segment, offset, bufferSegment, at, vectorBytes);
    buffer.position(at + vectorBytes);
  }

  private void drain() throws IOException {
    buffer.flip();
    file.append(buffer);
    buffer.clear();
  }
}
