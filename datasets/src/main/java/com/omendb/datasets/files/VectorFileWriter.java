package com.omendb.datasets.files;

import com.omendb.datasets.io.StagedFile;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes a file of vectors, block by block, in the format that its extension stands for: `vecs`,
/// `bin`, `npy`, `jsonl`, `csv` or `tsv`.
///
/// The file appears under its name on [#close()], whole and forced to disk; until then, or if an
/// append fails, there is none. A caller whose source of rows fails calls [#discard()] before
/// closing. Not thread-safe.
public final class VectorFileWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long MAX_ROWS = 0xffff_ffffL;

  private final Path path;
  private final boolean text;
  private final int dimension;
  private final StoredType type;
  private final RowEncoder encoder;
  private final StagedFile file;
  private final ByteBuffer buffer;
  private final MemorySegment bufferSegment;
  private long count;
  private boolean discarded;
  private boolean closed;

  /// Begins a file that stores elements as they are.
  ///
  /// @param path the file to write; an existing one is replaced on close
  /// @param dimension elements of a vector
  /// @param elementType their type, which must be one that the extension stands for
  /// @throws IllegalArgumentException if path, dimension and type do not fit each other
  /// @throws IOException if the file cannot be created
  public VectorFileWriter(Path path, int dimension, ElementType elementType) throws IOException {
    this(path, dimension, StoredType.of(elementType));
  }

  /// Begins a file.
  ///
  /// @param path the file to write; an existing one is replaced on close
  /// @param dimension elements of a vector
  /// @param type the type to store, which must be one that the extension stands for
  /// @throws IllegalArgumentException if path, dimension and type do not fit each other
  /// @throws IOException if the file cannot be created
  public VectorFileWriter(Path path, int dimension, StoredType type) throws IOException {
    if (dimension < 1 || dimension > VectorSource.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension out of range 1.." + VectorSource.MAX_DIMENSION + ": dimension=" + dimension);
    }
    Set<StoredType> types = types(path);
    if (!types.contains(type)) {
      throw new IllegalArgumentException(
          "this file format does not hold such elements (but "
              + types.stream().map(StoredType::label).collect(Collectors.joining(", "))
              + "): path="
              + path
              + ", elementType="
              + type.label());
    }
    VectorFormat format = VectorFormat.ofPath(path);
    this.path = path;
    this.text = format.isText();
    this.dimension = dimension;
    this.type = type;
    this.encoder =
        text ? new TextEncoder(format, dimension) : new BinaryEncoder(format, type, dimension);
    this.buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    this.bufferSegment = MemorySegment.ofBuffer(buffer);
    this.file = StagedFile.create(path);
    buffer.put(encoder.header(0));
  }

  /// {@return the types that a file of a path can store, the usual one first: none if it is one of
  /// integers}
  ///
  /// @param path the file; its extension says the format
  /// @throws IllegalArgumentException if files of the format are not written, or the extension
  ///   stands for none
  public static Set<StoredType> types(Path path) {
    VectorFormat format = writableFormat(path);
    return switch (format) {
      case NPY, JSON_LINES, CSV, TSV -> EnumSet.allOf(StoredType.class);
      case F16BIN -> EnumSet.of(StoredType.FLOAT16);
      default ->
          format
              .elementType()
              .map(elementType -> EnumSet.of(StoredType.of(elementType)))
              .orElse(EnumSet.noneOf(StoredType.class));
    };
  }

  /// Appends all rows of a source. Elements of another type than the one stored are converted;
  /// halves are rounded.
  ///
  /// @param rows the vectors to append
  /// @throws IllegalArgumentException if the rows have another dimension, or an element does not
  ///   fit the type
  /// @throws IOException if they cannot be written; the file will not appear then
  /// @throws IllegalStateException if the file is closed or discarded
  public void append(VectorSource rows) throws IOException {
    if (closed || discarded) {
      throw new IllegalStateException("the file is closed or discarded: path=" + path);
    }
    if (rows.dimension() != dimension) {
      throw new IllegalArgumentException(
          "the rows do not fit the file of dimension "
              + dimension
              + ": dimension="
              + rows.dimension());
    }
    boolean asTheyAre = !text && StoredType.of(rows.elementType()) == type;
    try {
      for (long row = 0; row < rows.count(); row++) {
        if (buffer.remaining() < encoder.maxRowBytes()) {
          drain();
        }
        encoder.beginRow(buffer);
        if (asTheyAre) {
          int at = buffer.position();
          MemorySegment.copy(
              rows.segment(), rows.offset(row), bufferSegment, at, rows.vectorBytes());
          buffer.position(at + rows.vectorBytes());
        } else {
          convert(rows, row);
        }
        encoder.endRow(buffer);
      }
    } catch (IOException | RuntimeException e) {
      discarded = true;
      throw e;
    }
    count += rows.count();
  }

  private void convert(VectorSource rows, long row) {
    for (int column = 0; column < dimension; column++) {
      float value = rows.element(row, column);
      if (!type.holds(value) || (text && !Float.isFinite(value))) {
        throw new IllegalArgumentException(
            "an element does not fit "
                + type.label()
                + (text ? " as text" : "")
                + ": row="
                + (count + row)
                + ", column="
                + column
                + ", element="
                + value);
      }
      encoder.put(column, value, buffer);
    }
  }

  /// {@return number of rows appended so far}
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
      file.overwrite(0, ByteBuffer.wrap(encoder.header(count)));
      file.publish();
    }
  }

  /// The format of a path that can be written to.
  static VectorFormat writableFormat(Path path) {
    VectorFormat format = VectorFormat.ofPath(path);
    if (VectorFormat.isGzip(path)
        || format == VectorFormat.HDF5
        || format == VectorFormat.PARQUET
        || !VectorFormat.file(path).equals(path)) {
      throw new IllegalArgumentException(
          "only uncompressed vecs, bin, npy, jsonl, csv and tsv files are written: path=" + path);
    }
    return format;
  }

  private void drain() throws IOException {
    buffer.flip();
    file.append(buffer);
    buffer.clear();
  }
}
