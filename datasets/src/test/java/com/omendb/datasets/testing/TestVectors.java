package com.omendb.datasets.testing;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/// Small vector sets and raw files for the tests of this module.
public final class TestVectors {
  private TestVectors() {}

  /// Random vectors; floats between -100 and 100, bytes of every value.
  public static VectorSource random(
      SplittableRandom random, Arena arena, int count, int dimension, ElementType elementType) {
    MemorySegment segment = arena.allocate((long) count * elementType.vectorBytes(dimension), 8);
    for (long cell = 0; cell < (long) count * dimension; cell++) {
      if (elementType == ElementType.FLOAT32) {
        segment.set(NativeMemory.FLOAT, cell * 4, (float) random.nextDouble(-100, 100));
      } else {
        segment.set(NativeMemory.BYTE, cell, (byte) random.nextInt());
      }
    }
    return VectorSource.dense(segment, count, dimension, elementType);
  }

  /// A view of the same vectors behind a stride that is larger than a vector.
  public static VectorSource strided(VectorSource source, Arena arena, int gapBytes) {
    long stride = (long) source.vectorBytes() + gapBytes;
    MemorySegment segment = arena.allocate(gapBytes + source.count() * stride, 1);
    for (long row = 0; row < source.count(); row++) {
      MemorySegment.copy(
          source.segment(),
          source.offset(row),
          segment,
          gapBytes + row * stride,
          source.vectorBytes());
    }
    return new VectorSource(
        segment, gapBytes, stride, source.count(), source.dimension(), source.elementType());
  }

  /// Whether two views have the same bytes in their rows.
  public static boolean sameRows(VectorSource a, VectorSource b) {
    if (a.count() != b.count()
        || a.dimension() != b.dimension()
        || a.elementType() != b.elementType()) {
      return false;
    }
    for (long row = 0; row < a.count(); row++) {
      long mismatch =
          MemorySegment.mismatch(
              a.segment(),
              a.offset(row),
              a.offset(row) + a.vectorBytes(),
              b.segment(),
              b.offset(row),
              b.offset(row) + b.vectorBytes());
      if (mismatch >= 0) {
        return false;
      }
    }
    return true;
  }

  /// Writes a file byte by byte, little-endian.
  public static Path write(Path path, int capacity, Consumer<ByteBuffer> content)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    content.accept(buffer);
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return Files.write(path, bytes);
  }

  /// Compresses a file into one beside it with `.gz` after its name.
  public static Path gzip(Path path) throws IOException {
    Path target = path.resolveSibling(path.getFileName() + ".gz");
    try (InputStream in = Files.newInputStream(path);
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(target))) {
      in.transferTo(out);
    }
    return target;
  }

  /// The message of an exception that must have one.
  public static String message(Throwable e) {
    return Objects.requireNonNull(e.getMessage());
  }

  /// Number of half-written files left in a folder.
  public static long leftOvers(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".part")).count();
    }
  }

  /// Reads every element.
  public static void requireReadable(VectorSource vectors) {
    double sum = 0;
    for (long row = 0; row < vectors.count(); row++) {
      for (int column = 0; column < vectors.dimension(); column++) {
        sum += Math.abs(vectors.element(row, column));
      }
    }
    if (!(sum >= 0 || Double.isNaN(sum))) {
      throw new AssertionError("sum=" + sum);
    }
  }
}
