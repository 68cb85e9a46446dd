package com.omendb.datasets.files;

import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.RowSink;
import com.omendb.datasets.tables.Table;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.OptionalLong;

/// A mapped array of NumPy. Elements that OmenDB has are read where they are; float16 and float64
/// become float32. Not thread-safe.
final class NpyTable implements Table, AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment file;
  private final NpyHeader header;

  private NpyTable(Arena arena, MemorySegment file, NpyHeader header) {
    this.arena = arena;
    this.file = file;
    this.header = header;
  }

  /// Maps a file and checks its header and its length.
  ///
  /// @throws VectorFileException if they do not fit each other
  static NpyTable open(Path path, Path plain) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment file = MappedMatrix.mapFile(plain, arena);
      NpyHeader header = NpyHeader.read(file, path);
      long rowBytes = (long) header.columns() * header.type().bytes();
      long actual = file.byteSize() - header.bytes();
      if (actual / rowBytes != header.rows() || actual % rowBytes != 0) {
        throw new VectorFileException(
            actual / rowBytes < header.rows()
                ? "the file is shorter than its header says"
                : "the file goes on after its last row",
            path,
            header.bytes(),
            header.rows() + " rows of " + rowBytes + " bytes",
            actual + " bytes");
      }
      return new NpyTable(arena, file, header);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public OptionalLong rows() {
    return OptionalLong.of(header.rows());
  }

  @Override
  public int columns() {
    return header.columns();
  }

  @Override
  public CellType cellType() {
    return switch (header.type()) {
      case FLOAT16, FLOAT32, FLOAT64 -> CellType.FLOAT32;
      case UINT8 -> CellType.UINT8;
      case INT8 -> CellType.INT8;
    };
  }

  @Override
  public OptionalLong storedAt() {
    return switch (header.type()) {
      case FLOAT16, FLOAT64 -> OptionalLong.empty();
      case FLOAT32, UINT8, INT8 -> OptionalLong.of(header.bytes());
    };
  }

  @Override
  public void copy(long fromRow, long rowCount, RowSink sink) throws IOException {
    int columns = header.columns();
    long rowBytes = (long) columns * header.type().bytes();
    long first = header.bytes() + fromRow * rowBytes;
    switch (header.type()) {
      case FLOAT16 -> Halves.copy(file, new MatrixShape(first, rowBytes, rowCount, columns), sink);
      case FLOAT32 -> {
        float[] row = new float[columns];
        for (long i = 0; i < rowCount; i++) {
          MemorySegment.copy(file, FLOAT, first + i * rowBytes, row, 0, columns);
          sink.floats(row);
        }
      }
      case FLOAT64 -> {
        double[] row = new double[columns];
        for (long i = 0; i < rowCount; i++) {
          MemorySegment.copy(file, DOUBLE, first + i * rowBytes, row, 0, columns);
          sink.doubles(row);
        }
      }
      case UINT8, INT8 -> throw new AssertionError("bytes are never converted");
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
