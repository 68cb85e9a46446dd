package com.omendb.vectors;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;

/// Vectors that are hard on a distance kernel, and the answers in double precision.
public final class KernelData {
  private KernelData() {}

  /// What a vector's elements are like.
  public enum Shape {
    RANDOM,
    ZERO,
    LEAST,
    GREATEST,
    ALTERNATING_EXTREMES,
    SUBNORMAL,
    LARGE
  }

  /// The shapes of the rows of [#source], in order.
  public static final List<Shape> ROWS =
      List.of(
          Shape.RANDOM,
          Shape.RANDOM,
          Shape.ZERO,
          Shape.LEAST,
          Shape.GREATEST,
          Shape.ALTERNATING_EXTREMES,
          Shape.SUBNORMAL,
          Shape.LARGE);

  /// Vectors of the shapes of [#ROWS] at odd addresses, in the midst of bytes that read as NaN.
  public static VectorSource source(
      Arena arena, ElementType type, int dimension, SplittableRandom random) {
    int stride = type.vectorBytes(dimension) + random.nextInt(70);
    int firstOffset = 64 + random.nextInt(64);
    MemorySegment segment = arena.allocate(firstOffset + (long) stride * ROWS.size() + 64, 64);
    segment.fill((byte) 0xff);
    VectorSource source =
        new VectorSource(segment, firstOffset, stride, ROWS.size(), dimension, type);
    for (int row = 0; row < ROWS.size(); row++) {
      fill(segment, source.offset(row), type, dimension, ROWS.get(row), random);
    }
    return source;
  }

  private static void fill(
      MemorySegment segment,
      long offset,
      ElementType type,
      int dimension,
      Shape shape,
      SplittableRandom random) {
    for (int i = 0; i < dimension; i++) {
      switch (type) {
        case FLOAT32 ->
            segment.set(NativeMemory.FLOAT, offset + 4L * i, floatElement(shape, i, random));
        case UINT8 ->
            segment.set(NativeMemory.BYTE, offset + i, byteElement(shape, i, 0, 255, random));
        case INT8 ->
            segment.set(NativeMemory.BYTE, offset + i, byteElement(shape, i, -128, 127, random));
      }
    }
  }

  private static float floatElement(Shape shape, int index, SplittableRandom random) {
    return switch (shape) {
      case RANDOM -> (float) random.nextDouble(-1, 1);
      case ZERO -> index % 2 == 0 ? 0f : -0f;
      case LEAST -> -1f;
      case GREATEST -> 1f;
      case ALTERNATING_EXTREMES -> index % 2 == 0 ? 1000f : -1000f;
      case SUBNORMAL -> Float.MIN_VALUE * random.nextInt(-1000, 1001);
      case LARGE -> (float) random.nextDouble(-5e16, 5e16);
    };
  }

  private static byte byteElement(
      Shape shape, int index, int least, int greatest, SplittableRandom random) {
    return switch (shape) {
      case RANDOM, SUBNORMAL -> (byte) random.nextInt(least, greatest + 1);
      case ZERO -> 0;
      case LEAST -> (byte) least;
      case GREATEST -> (byte) greatest;
      case ALTERNATING_EXTREMES, LARGE -> (byte) (index % 2 == 0 ? greatest : least);
    };
  }

  /// A distance in double precision, and how far a float32 kernel may be from it.
  public record Expected(double distance, double tolerance) {
    /// Whether a kernel's answer is right.
    public boolean accepts(float actual) {
      return Math.abs(actual - distance) <= tolerance;
    }
  }

  /// The right distance of two vectors. Sums of integers have to be exact up to one rounding to
  /// float; sums of floats may lose a rounding for each term.
  public static Expected expected(VectorSource vectors, long rowA, long rowB, Metric metric) {
    int dimension = vectors.dimension();
    double sum = 0;
    double magnitude = 0;
    double squaredNormA = 0;
    double squaredNormB = 0;
    for (int i = 0; i < dimension; i++) {
      double x = vectors.element(rowA, i);
      double y = vectors.element(rowB, i);
      double term = metric == Metric.SQUARED_L2 ? (x - y) * (x - y) : x * y;
      sum += term;
      magnitude += Math.abs(term);
      squaredNormA += x * x;
      squaredNormB += y * y;
    }
    boolean floats = vectors.elementType() == ElementType.FLOAT32;
    double unit = 0x1p-24;
    double tolerance = floats ? (dimension + 4) * (unit * magnitude + Float.MIN_VALUE) : 0;
    return switch (metric) {
      case SQUARED_L2 -> new Expected(sum, tolerance + unit * sum);
      case INNER_PRODUCT -> new Expected(-sum, tolerance + unit * Math.abs(sum));
      case COSINE -> {
        double norms = Math.sqrt(squaredNormA) * Math.sqrt(squaredNormB);
        double distance = norms == 0 ? 1 : Math.clamp(1 - sum / norms, 0, 2);
        yield new Expected(distance, floats ? 4 * unit * (dimension + 4) : 4 * unit);
      }
    };
  }
}
