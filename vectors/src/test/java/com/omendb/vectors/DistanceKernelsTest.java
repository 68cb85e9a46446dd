package com.omendb.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.KernelData.Expected;
import com.omendb.vectors.KernelData.Shape;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Refusals;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants:
///
/// - every kernel, fast or scalar, is right on every dimension, shape of data and alignment: exact
///   for integers, within a rounding a term for floats;
/// - `distances` gives bit for bit what `distance` gives, and both give it from the first call,
///   interpreted, to the last, compiled: else a build would not repeat byte for byte;
/// - no kernel reads or lets itself be swayed by what lies around its vectors.
class DistanceKernelsTest {
  private static final int[] DIMENSIONS = {
    1, 2, 3, 7, 8, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 100, 127, 128, 129, 160, 192, 207,
    255, 256, 257, 384, 511, 512, 702, 768, 960, 1000, 1024, 4096, 4098, 8192
  };

  private static final int ROWS = KernelData.ROWS.size();

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void everyKernelIsRightOnEveryDimensionAndShape(ElementType type) {
    SplittableRandom random = Seeds.random("everyKernelIsRight " + type, 101);
    for (int dimension : DIMENSIONS) {
      try (Arena arena = Arena.ofConfined()) {
        VectorSource source = KernelData.source(arena, type, dimension, random);
        for (Metric metric : Metric.values()) {
          DistanceKernel fast = DistanceKernels.of(metric, type, dimension);
          DistanceKernel scalar = DistanceKernels.scalar(metric, type, dimension);
          for (int a = 0; a < ROWS; a++) {
            for (int b = 0; b < ROWS; b++) {
              Expected expected = KernelData.expected(source, a, b, metric);
              float fastDistance = fast.distance(source.address(a), source.address(b));
              float scalarDistance = scalar.distance(source.address(a), source.address(b));
              String where = metric + " dimension=" + dimension + " rows " + a + ", " + b;
              assertTrue(
                  expected.accepts(fastDistance),
                  () -> where + ": fast " + fastDistance + ", " + expected);
              assertTrue(
                  expected.accepts(scalarDistance),
                  () -> where + ": scalar " + scalarDistance + ", " + expected);
              if (type != ElementType.FLOAT32) {
                assertEquals(scalarDistance, fastDistance, where);
              }
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"UINT8", "INT8"})
  void integersAreExactBeforeTheyAreRounded(ElementType type) {
    SplittableRandom random = Seeds.random("integersAreExact " + type, 107);
    for (int dimension : DIMENSIONS) {
      try (Arena arena = Arena.ofConfined()) {
        VectorSource source = KernelData.source(arena, type, dimension, random);
        for (Metric metric : Metric.values()) {
          DistanceKernel fast = DistanceKernels.of(metric, type, dimension);
          DistanceKernel scalar = DistanceKernels.scalar(metric, type, dimension);
          for (int a = 0; a < ROWS; a++) {
            for (int b = 0; b < ROWS; b++) {
              long addressA = source.address(a);
              long addressB = source.address(b);
              double expected = preciselyExpected(source, a, b, metric);
              double tolerance = metric == Metric.COSINE ? 4e-15 * expected : 0;
              String where = metric + " dimension=" + dimension + " rows " + a + ", " + b;
              double precise = fast.preciseDistance(addressA, addressB);
              assertEquals(expected, precise, tolerance, where);
              assertEquals(precise, scalar.preciseDistance(addressA, addressB), where);
              assertEquals((float) precise, fast.distance(addressA, addressB), where);
            }
          }
        }
      }
    }
  }

  private static double preciselyExpected(VectorSource source, int a, int b, Metric metric) {
    long squaredDistance = 0;
    long dot = 0;
    long squaredNormA = 0;
    long squaredNormB = 0;
    for (int column = 0; column < source.dimension(); column++) {
      long x = (long) source.element(a, column);
      long y = (long) source.element(b, column);
      squaredDistance += (x - y) * (x - y);
      dot += x * y;
      squaredNormA += x * x;
      squaredNormB += y * y;
    }
    return switch (metric) {
      case SQUARED_L2 -> squaredDistance;
      case INNER_PRODUCT -> -dot;
      case COSINE -> {
        if (squaredNormA == 0 || squaredNormB == 0) {
          yield 1;
        }
        MathContext digits = new MathContext(60);
        BigDecimal norms =
            BigDecimal.valueOf(squaredNormA).multiply(BigDecimal.valueOf(squaredNormB));
        yield BigDecimal.ONE
            .subtract(BigDecimal.valueOf(dot).divide(norms.sqrt(digits), digits))
            .doubleValue();
      }
    };
  }

  @Test
  void theCosineOfNearVectorsKeepsItsDigits() {
    SplittableRandom random = Seeds.random("theCosineOfNearVectors", 108);
    for (int dimension : new int[] {2, 16, 100, 768}) {
      for (double apart : new double[] {1, 0.1, 1e-2, 1e-4, 1e-5}) {
        for (float scale : new float[] {1e-30f, 1e-10f, 1, 1e10f}) {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8L * dimension, 64);
            for (int column = 0; column < dimension; column++) {
              double value = random.nextDouble(0.5, 1);
              double other = value + apart * random.nextDouble(-1, 1);
              segment.setAtIndex(NativeMemory.FLOAT, column, (float) (scale * value));
              segment.setAtIndex(NativeMemory.FLOAT, dimension + column, (float) (scale * other));
            }
            VectorSource source = VectorSource.dense(segment, 2, dimension, ElementType.FLOAT32);
            double expected = cosine(source);
            for (DistanceKernel kernel :
                new DistanceKernel[] {
                  DistanceKernels.of(Metric.COSINE, ElementType.FLOAT32, dimension),
                  DistanceKernels.scalar(Metric.COSINE, ElementType.FLOAT32, dimension)
                }) {
              double actual = kernel.distance(source.address(0), source.address(1));
              assertEquals(expected, actual, 1e-4 * expected, () -> "apart=" + apart);
            }
          }
        }
      }
    }
  }

  // One minus the cosine of rows 0 and 1 in 60 digits.
  private static double cosine(VectorSource source) {
    BigDecimal dot = BigDecimal.ZERO;
    BigDecimal squaredNormA = BigDecimal.ZERO;
    BigDecimal squaredNormB = BigDecimal.ZERO;
    for (int column = 0; column < source.dimension(); column++) {
      BigDecimal x = new BigDecimal(source.element(0, column));
      BigDecimal y = new BigDecimal(source.element(1, column));
      dot = dot.add(x.multiply(y));
      squaredNormA = squaredNormA.add(x.multiply(x));
      squaredNormB = squaredNormB.add(y.multiply(y));
    }
    MathContext digits = new MathContext(60);
    BigDecimal norms = squaredNormA.multiply(squaredNormB).sqrt(digits);
    return BigDecimal.ONE.subtract(dot.divide(norms, digits)).doubleValue();
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void distancesAgreesWithDistance(ElementType type) {
    SplittableRandom random = Seeds.random("distancesAgrees " + type, 102);
    for (int dimension : DIMENSIONS) {
      try (Arena arena = Arena.ofConfined()) {
        VectorSource source = KernelData.source(arena, type, dimension, random);
        int[] rows = {3, 0, 0, 2, 1, 7, 6, 5, 4, 99};
        int count = rows.length - 1;
        for (Metric metric : Metric.values()) {
          for (DistanceKernel kernel :
              new DistanceKernel[] {
                DistanceKernels.of(metric, type, dimension),
                DistanceKernels.scalar(metric, type, dimension)
              }) {
            float[] expected = new float[count + 2];
            float[] actual = new float[count + 2];
            expected[count] = actual[count] = 17f;
            for (int i = 0; i < count; i++) {
              expected[i] = kernel.distance(source.address(7), source.address(rows[i]));
            }
            kernel.distances(
                source.address(7), source.address(0), source.strideBytes(), rows, count, actual);
            assertArrayEquals(expected, actual, metric + " dimension=" + dimension);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void distancesStayTheSameWhileTheJvmWarmsUp(Metric metric) {
    SplittableRandom random = Seeds.random("distancesStayTheSame " + metric, 106);
    int[] rows = {0, 1, 3, 4, 5, 6};
    for (int dimension : new int[] {128, 203}) {
      try (Arena arena = Arena.ofConfined()) {
        VectorSource source = KernelData.source(arena, ElementType.FLOAT32, dimension, random);
        DistanceKernel kernel = DistanceKernels.of(metric, ElementType.FLOAT32, dimension);
        float[] first = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
          first[i] = kernel.distance(source.address(1), source.address(rows[i]));
        }
        float[] later = new float[rows.length];
        for (int round = 0; round < 10_000; round++) {
          kernel.distances(
              source.address(1), source.address(0), source.strideBytes(), rows, rows.length, later);
          assertArrayEquals(first, later);
          float single = kernel.distance(source.address(1), source.address(rows[round % 6]));
          assertEquals(first[round % 6], single);
        }
      }
    }
  }

  @Test
  void distancesReachesRowsBeyondTwoGigabytes() {
    // Nothing that large is allocated: row 3 lies 3 strides after an address far below the vectors.
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(128, 64);
      segment.fill((byte) 3);
      long strideBytes = 3_000_000_000L;
      for (Metric metric : Metric.values()) {
        float[] distances = new float[1];
        DistanceKernels.of(metric, ElementType.UINT8, 128)
            .distances(
                segment.address(),
                segment.address() - 3 * strideBytes,
                strideBytes,
                new int[] {3},
                1,
                distances);
        float self = metric == Metric.INNER_PRODUCT ? -128 * 9f : 0f;
        assertEquals(self, distances[0], 1e-6f);
      }
    }
  }

  @Test
  void integerSumsAreExactAtTheLargestDimension() {
    int dimension = VectorSource.MAX_DIMENSION;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment low = arena.allocate(dimension);
      MemorySegment high = arena.allocate(dimension);
      high.fill((byte) 255);
      float farthest = 255f * 255f * dimension;
      assertEquals(farthest, fast(Metric.SQUARED_L2, ElementType.UINT8, low, high));
      assertEquals(-farthest, fast(Metric.INNER_PRODUCT, ElementType.UINT8, high, high));
      low.fill((byte) -128);
      high.fill((byte) 127);
      assertEquals(farthest, fast(Metric.SQUARED_L2, ElementType.INT8, low, high));
      assertEquals(-16384f * dimension, fast(Metric.INNER_PRODUCT, ElementType.INT8, low, low));
      assertEquals(128f * 127 * dimension, fast(Metric.INNER_PRODUCT, ElementType.INT8, low, high));
    }
  }

  private static float fast(Metric metric, ElementType type, MemorySegment a, MemorySegment b) {
    return DistanceKernels.of(metric, type, (int) a.byteSize()).distance(a.address(), b.address());
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void cosineOfAZeroVectorIsOne(ElementType type) {
    SplittableRandom random = Seeds.random("cosineOfAZeroVector " + type, 103);
    for (int dimension : DIMENSIONS) {
      try (Arena arena = Arena.ofConfined()) {
        VectorSource source = KernelData.source(arena, type, dimension, random);
        int zero = KernelData.ROWS.indexOf(Shape.ZERO);
        for (int row = 0; row < ROWS; row++) {
          DistanceKernel kernel = DistanceKernels.of(Metric.COSINE, type, dimension);
          assertEquals(1f, kernel.distance(source.address(zero), source.address(row)));
          assertEquals(1f, kernel.distance(source.address(row), source.address(zero)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-40f, 1e-30f, 1e-19f, 1f, 1e18f, 1e30f, 3e38f})
  void cosineDoesNotDependOnLength(float length) {
    int dimension = 200;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate(4L * dimension);
      MemorySegment b = arena.allocate(4L * dimension);
      for (int i = 0; i < dimension; i++) {
        a.set(NativeMemory.FLOAT, 4L * i, length);
        b.set(NativeMemory.FLOAT, 4L * i, i % 2 == 0 ? 1f : 0f);
      }
      for (DistanceKernel kernel :
          new DistanceKernel[] {
            DistanceKernels.of(Metric.COSINE, ElementType.FLOAT32, dimension),
            DistanceKernels.scalar(Metric.COSINE, ElementType.FLOAT32, dimension)
          }) {
        assertEquals(1 - Math.sqrt(0.5), kernel.distance(a.address(), b.address()), 1e-6);
        assertEquals(0f, kernel.distance(a.address(), a.address()), 1e-6f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, VectorSource.MAX_DIMENSION + 1})
  void refusesADimensionOutOfRange(int dimension) {
    Refusals.assertRefused(
        "dimension=" + dimension,
        () -> DistanceKernels.of(Metric.COSINE, ElementType.INT8, dimension));
    Refusals.assertRefused(
        "dimension=" + dimension,
        () -> DistanceKernels.scalar(Metric.COSINE, ElementType.INT8, dimension));
  }

  @Test
  void saysWhatWasChosen() {
    boolean vectorized = DistanceKernels.vectorized();
    String start = vectorized ? "Vector API, " : "scalar: ";
    assertTrue(DistanceKernels.description().startsWith(start), DistanceKernels.description());
  }
}
