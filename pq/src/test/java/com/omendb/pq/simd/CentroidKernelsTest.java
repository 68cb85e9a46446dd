package com.omendb.pq.simd;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.pq.simd.CentroidKernels.GROUP_COLUMN_BYTES;
import static com.omendb.pq.simd.CentroidKernels.GROUP_POINTS;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: vector and scalar kernels write the same bits, at any length and alignment; the
/// centroid found is the nearest one up to rounding, and the lowest of equal ones; nothing is
/// written outside the target.
class CentroidKernelsTest {
  private static final int GROUPS = 3;
  private static final int CANARY = 0x5ca1ab1e;

  private final CentroidKernels scalar = new ScalarCentroidKernels();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 13, 16, 31, 60, 257})
  void vectorKernelsAgreeWithScalarOnes(int length) {
    assumeTrue(VectorCentroidKernels.supported());
    CentroidKernels vector = new VectorCentroidKernels();
    SplittableRandom random = Seeds.random("vectorKernelsAgreeWithScalarOnes", 21);
    try (Arena arena = Arena.ofConfined()) {
      for (double scale : new double[] {1, 255, 1e-22, 1e18}) {
        MemorySegment codebook = floats(random, scale, length * CENTROID_COUNT, arena);
        // Groups hold more columns than the subspace has.
        int columns = length + random.nextInt(3);
        MemorySegment points = floats(random, scale, GROUPS * columns * GROUP_POINTS, arena);
        assertEquals(
            -1,
            assigned(scalar, points, columns, codebook, length, arena)
                .mismatch(assigned(vector, points, columns, codebook, length, arena)));
        float factor = random.nextBoolean() ? 1 : 0.5f;
        assertEquals(
            -1,
            distances(scalar, points, codebook, length, factor, arena)
                .mismatch(distances(vector, points, codebook, length, factor, arena)));
        assertEquals(
            -1,
            dots(scalar, points, codebook, length, arena)
                .mismatch(dots(vector, points, codebook, length, arena)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 31})
  void kernelsAgreeWithDoublePrecision(int length) {
    SplittableRandom random = Seeds.random("kernelsAgreeWithDoublePrecision", 22);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codebook = floats(random, 100, length * CENTROID_COUNT, arena);
      MemorySegment points = floats(random, 100, GROUPS * length * GROUP_POINTS, arena);
      MemorySegment numbers = assigned(scalar, points, length, codebook, length, arena);
      for (int i = 0; i < GROUPS * GROUP_POINTS; i++) {
        double[] point = new double[length];
        for (int column = 0; column < length; column++) {
          int group = i / GROUP_POINTS;
          long at = (group * length + column) * GROUP_COLUMN_BYTES + 4L * (i % GROUP_POINTS);
          point[column] = points.get(FLOAT, at);
        }
        double smallest = Double.POSITIVE_INFINITY;
        for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
          smallest = Math.min(smallest, squaredDistance(point, codebook, centroid));
        }
        double found = squaredDistance(point, codebook, numbers.get(INT, 4L * i));
        assertEquals(smallest, found, 1e-5 * smallest + 1e-6);
      }
      MemorySegment distances = distances(scalar, points, codebook, length, 0.5f, arena);
      MemorySegment dots = dots(scalar, points, codebook, length, arena);
      double[] point = new double[length];
      double norm = 0;
      for (int column = 0; column < length; column++) {
        point[column] = points.get(FLOAT, 4L * column);
        norm += point[column] * point[column];
      }
      for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
        double expected = squaredDistance(point, codebook, centroid);
        assertEquals(expected / 2, distances.get(FLOAT, 4L * centroid), 1e-5 * expected);
        double dot = 0;
        double centroidNorm = 0;
        for (int column = 0; column < length; column++) {
          double element = codebook.get(FLOAT, column * COLUMN_BYTES + 4L * centroid);
          dot += point[column] * element;
          centroidNorm += element * element;
        }
        assertEquals(-dot, dots.get(FLOAT, 4L * centroid), 1e-5 * (norm + centroidNorm));
      }
    }
  }

  @Test
  void theLowestOfEquallyNearCentroidsWins() {
    assumeTrue(VectorCentroidKernels.supported());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codebook = arena.allocate(2 * COLUMN_BYTES);
      for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
        // Centroids 2 i and 2 i + 1 are equal.
        codebook.set(FLOAT, 4L * centroid, (float) (centroid >> 1));
        codebook.set(FLOAT, COLUMN_BYTES + 4L * centroid, 1);
      }
      MemorySegment points = arena.allocate(2 * GROUP_COLUMN_BYTES);
      for (int i = 0; i < GROUP_POINTS; i++) {
        points.set(FLOAT, 4L * i, i * 3.5f);
      }
      for (CentroidKernels kernels : new CentroidKernels[] {scalar, new VectorCentroidKernels()}) {
        MemorySegment numbers = arena.allocate(GROUP_COLUMN_BYTES);
        kernels.assign(
            points.address(), 2 * GROUP_COLUMN_BYTES, 1, codebook.address(), 2, numbers.address());
        for (int i = 0; i < GROUP_POINTS; i++) {
          // Halfway between two values, the lower one wins.
          int expected = 2 * (int) Math.floor(i * 3.5);
          assertEquals(expected, numbers.get(INT, 4L * i));
        }
      }
    }
  }

  @Test
  void pointsThatAreNotFiniteStillGetACentroid() {
    assumeTrue(VectorCentroidKernels.supported());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codebook = arena.allocate(COLUMN_BYTES);
      MemorySegment points = arena.allocate(GROUP_COLUMN_BYTES);
      for (int i = 0; i < GROUP_POINTS; i++) {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        points.set(FLOAT, 4L * i, values[i % 3]);
      }
      for (CentroidKernels kernels : new CentroidKernels[] {scalar, new VectorCentroidKernels()}) {
        MemorySegment numbers = arena.allocate(GROUP_COLUMN_BYTES);
        numbers.fill((byte) 77);
        kernels.assign(
            points.address(), GROUP_COLUMN_BYTES, 1, codebook.address(), 1, numbers.address());
        for (int i = 0; i < GROUP_POINTS; i++) {
          assertEquals(0, numbers.get(INT, 4L * i));
        }
      }
    }
  }

  private static MemorySegment assigned(
      CentroidKernels kernels,
      MemorySegment points,
      int columns,
      MemorySegment codebook,
      int length,
      Arena arena) {
    MemorySegment target = withCanary(GROUPS * GROUP_COLUMN_BYTES, arena);
    kernels.assign(
        points.address(),
        columns * GROUP_COLUMN_BYTES,
        GROUPS,
        codebook.address(),
        length,
        target.address());
    assertCanary(target);
    for (int i = 0; i < GROUPS * GROUP_POINTS; i++) {
      int number = target.get(INT, 4L * i);
      assertTrue(number >= 0 && number < CENTROID_COUNT);
    }
    return target;
  }

  private static MemorySegment distances(
      CentroidKernels kernels,
      MemorySegment point,
      MemorySegment codebook,
      int length,
      float factor,
      Arena arena) {
    MemorySegment target = withCanary(COLUMN_BYTES, arena);
    kernels.squaredDistances(point.address(), codebook.address(), length, factor, target.address());
    assertCanary(target);
    return target;
  }

  private static MemorySegment dots(
      CentroidKernels kernels,
      MemorySegment point,
      MemorySegment codebook,
      int length,
      Arena arena) {
    MemorySegment target = withCanary(COLUMN_BYTES, arena);
    kernels.negatedDots(point.address(), codebook.address(), length, target.address());
    assertCanary(target);
    return target;
  }

  private static MemorySegment withCanary(long bytes, Arena arena) {
    MemorySegment target = arena.allocate(bytes + 4);
    target.set(INT, bytes, CANARY);
    return target;
  }

  private static void assertCanary(MemorySegment target) {
    assertEquals(CANARY, target.get(INT, target.byteSize() - 4));
  }

  /// Random floats at an odd address.
  private static MemorySegment floats(
      SplittableRandom random, double scale, int count, Arena arena) {
    MemorySegment segment = arena.allocate(4L * count + 1).asSlice(1);
    for (int i = 0; i < count; i++) {
      segment.set(FLOAT, 4L * i, (float) (scale * random.nextDouble(-1, 1)));
    }
    return segment;
  }

  private static double squaredDistance(double[] point, MemorySegment codebook, int centroid) {
    double sum = 0;
    for (int column = 0; column < point.length; column++) {
      double difference =
          point[column] - codebook.get(FLOAT, column * COLUMN_BYTES + 4L * centroid);
      sum += difference * difference;
    }
    return sum;
  }
}
