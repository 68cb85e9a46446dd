package com.omendb.vectors.testing;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Vectors that tests fill element by element, and their distances by definition.
public final class TestRows {
  private TestRows() {}

  /// Vectors of zeros at an odd address and stride.
  public static VectorSource unaligned(int count, int dimension, ElementType type, Arena arena) {
    long stride = type.vectorBytes(dimension) + 3L;
    return new VectorSource(arena.allocate(5 + count * stride), 5, stride, count, dimension, type);
  }

  /// Vectors with independent elements over much of the type's range, at an odd address and stride.
  public static VectorSource uniform(
      SplittableRandom random, int count, int dimension, ElementType type, Arena arena) {
    VectorSource source = unaligned(count, dimension, type, arena);
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < dimension; column++) {
        // Never a zero vector, which has no cosine.
        set(source, row, column, column == 0 ? random.nextInt(1, 128) : random.nextInt(-128, 128));
      }
    }
    return source;
  }

  /// Sets an element, clamped to what its type can hold; unsigned types are shifted by 128.
  public static void set(VectorSource source, long row, int column, double value) {
    MemorySegment segment = source.segment();
    long offset = source.offset(row);
    switch (source.elementType()) {
      case FLOAT32 -> segment.set(NativeMemory.FLOAT, offset + 4L * column, (float) value);
      case UINT8 ->
          segment.set(
              NativeMemory.BYTE,
              offset + column,
              (byte) Math.clamp(Math.round(value) + 128, 0, 255));
      case INT8 ->
          segment.set(
              NativeMemory.BYTE, offset + column, (byte) Math.clamp(Math.round(value), -128, 127));
    }
  }

  /// The distance of two vectors by its definition, in double precision.
  public static double distance(
      Metric metric, VectorSource a, long rowA, VectorSource b, long rowB) {
    double difference = 0;
    double dot = 0;
    double normA = 0;
    double normB = 0;
    for (int column = 0; column < a.dimension(); column++) {
      double x = a.element(rowA, column);
      double y = b.element(rowB, column);
      difference += (x - y) * (x - y);
      dot += x * y;
      normA += x * x;
      normB += y * y;
    }
    return switch (metric) {
      case SQUARED_L2 -> difference;
      case INNER_PRODUCT -> -dot;
      case COSINE -> 1 - dot / Math.sqrt(normA * normB);
    };
  }
}
