package com.omendb.datasets.files;

import com.omendb.datasets.io.TemporaryFile;
import com.omendb.datasets.tables.CellType;
import com.omendb.datasets.tables.Content;
import com.omendb.datasets.tables.RowSink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Rows of float16, which become rows of float32.
final class Halves {
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Halves() {}

  /// Converts mapped rows of float16 into a temporary file that holds them as float32.
  static MappedMatrix widen(MappedMatrix halves, Path path) throws IOException {
    MatrixShape shape = halves.shape();
    long rowBytes = (long) shape.columns() * Float.BYTES;
    TemporaryFile target = TemporaryFile.create("rows");
    try {
      target.requireRoom(Math.multiplyExact(shape.rows(), rowBytes), path);
      try (RowWriter writer =
          new RowWriter(
              target.output(path), path, Content.VECTORS, shape.columns(), CellType.FLOAT32, 0)) {
        copy(halves.segment(), shape, writer);
      }
      return MappedMatrix.ofShape(
          target.path(), target, new MatrixShape(0, rowBytes, shape.rows(), shape.columns()));
    } catch (Throwable e) {
      target.close();
      throw e;
    }
  }

  /// Gives rows of float16 to a sink.
  static void copy(MemorySegment segment, MatrixShape shape, RowSink sink) throws IOException {
    short[] row = new short[shape.columns()];
    for (long i = 0; i < shape.rows(); i++) {
      MemorySegment.copy(
          segment, HALF, shape.firstOffset() + i * shape.strideBytes(), row, 0, row.length);
      sink.halves(row);
    }
  }
}
