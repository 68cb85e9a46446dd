package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Vectors under construction in native memory. Elements of integer types are rounded and clamped
/// to their range. Not thread-safe.
final class VectorRows {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final VectorSource source;

  VectorRows(int count, int dimension, ElementType type, Arena arena) {
    MemorySegment segment = arena.allocate((long) count * type.vectorBytes(dimension), Float.BYTES);
    this.source = VectorSource.dense(segment, count, dimension, type);
  }

  VectorSource source() {
    return source;
  }

  int count() {
    return (int) source.count();
  }

  int dimension() {
    return source.dimension();
  }

  double get(int row, int column) {
    return source.element(row, column);
  }

  void set(int row, int column, double value) {
    MemorySegment segment = source.segment();
    long at = source.offset(row) + (long) column * source.elementType().elementBytes();
    switch (source.elementType()) {
      case FLOAT32 -> segment.set(FLOAT, at, (float) value);
      case UINT8 -> segment.set(ValueLayout.JAVA_BYTE, at, rounded(value, 0, 255));
      case INT8 -> segment.set(ValueLayout.JAVA_BYTE, at, rounded(value, -128, 127));
    }
  }

  private static byte rounded(double value, int least, int most) {
    return (byte) Math.clamp(Math.round(value), least, most);
  }

  void set(int row, double[] vector) {
    for (int column = 0; column < vector.length; column++) {
      set(row, column, vector[column]);
    }
  }

  /// Makes a row that of another set of vectors, with noise of this scale.
  void copy(VectorRows from, int fromRow, int row, double noise, SplittableRandom random) {
    for (int column = 0; column < dimension(); column++) {
      double deviation = noise == 0 ? 0 : noise * random.nextGaussian();
      set(row, column, from.get(fromRow, column) + deviation);
    }
  }

  /// Multiplies a row.
  void scale(int row, double factor) {
    for (int column = 0; column < dimension(); column++) {
      set(row, column, factor * get(row, column));
    }
  }

  void shuffle(SplittableRandom random) {
    MemorySegment spare = Arena.ofAuto().allocate(source.vectorBytes());
    for (int row = count() - 1; row > 0; row--) {
      int other = random.nextInt(row + 1);
      spare.copyFrom(bytes(row));
      bytes(row).copyFrom(bytes(other));
      bytes(other).copyFrom(spare);
    }
  }

  void sortByFirstElement() {
    MemorySegment before = Arena.ofAuto().allocate(source.segment().byteSize());
    before.copyFrom(source.segment());
    int[] order =
        IntStream.range(0, count())
            .boxed()
            .sorted(Comparator.comparingDouble(row -> get(row, 0)))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int row = 0; row < order.length; row++) {
      bytes(row).copyFrom(before.asSlice(source.offset(order[row]), source.vectorBytes()));
    }
  }

  private MemorySegment bytes(int row) {
    return source.segment().asSlice(source.offset(row), source.vectorBytes());
  }
}
