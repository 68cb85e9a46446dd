package com.omendb.vectors;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.check.VectorChecks;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Refusals;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: good vectors pass; of several bad rows the first is named, whatever the number of
/// threads; the message names what was checked, the row and the column.
class VectorChecksTest {

  private static VectorSource ones(Arena arena, long count, int dimension) {
    MemorySegment segment = arena.allocate(count * dimension * 4);
    for (long i = 0; i < count * dimension; i++) {
      segment.set(NativeMemory.FLOAT, 4 * i, 1f);
    }
    return VectorSource.dense(segment, count, dimension, ElementType.FLOAT32);
  }

  private static void set(VectorSource source, long row, int column, float value) {
    source.segment().set(NativeMemory.FLOAT, source.offset(row) + 4L * column, value);
  }

  private static String refusal(VectorSource source, Metric metric, int threads) {
    return Refusals.refusal(
        () -> VectorChecks.requireUsable(source, metric, "base vectors", threads));
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void acceptsGoodVectors(Metric metric) {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 10_000, 20);
      set(source, 9_999, 19, 1e18f);
      set(source, 17, 0, -Float.MIN_VALUE);
      assertDoesNotThrow(() -> VectorChecks.requireUsable(source, metric, "base vectors", 3));
      VectorChecks.requireUsable(source.rows(0, 0), metric, "base vectors", 3);
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void namesRowAndColumnOfNan(Metric metric) {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 20, 33);
      set(source, 17, 3, Float.NaN);
      set(source, 17, 30, Float.NaN);
      set(source, 18, 1, Float.NaN);
      assertEquals("base vectors: row=17 holds NaN at column=3", refusal(source, metric, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void namesRowAndColumnOfInfinity(float infinity) {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 20, 33);
      set(source, 0, 32, infinity);
      assertEquals(
          "base vectors: row=0 holds " + infinity + " at column=32",
          refusal(source, Metric.SQUARED_L2, 1));
    }
  }

  @Test
  void refusesVectorsWhoseDistanceCouldOverflow() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 2, 4);
      set(source, 0, 1, 6e18f);
      set(source, 1, 1, -6e18f);
      VectorChecks.requireUsable(source, Metric.SQUARED_L2, "base vectors", 1);
      float distance =
          DistanceKernels.of(Metric.SQUARED_L2, ElementType.FLOAT32, 4)
              .distance(source.address(0), source.address(1));
      assertTrue(Float.isFinite(distance));

      set(source, 1, 2, 1.3e19f);
      String message = refusal(source, Metric.SQUARED_L2, 1);
      assertTrue(message.startsWith("base vectors: row=1 is too long"), message);
      assertTrue(message.endsWith("1.3E19 at column=2"), message);
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void refusesVectorsWhoseSquaresVanishUnlessTheyAreZero(Metric metric) {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 3, 20);
      for (float tiny : new float[] {Float.MIN_VALUE, 1e-38f, 1e-30f, 1e-20f, 1.9e-16f}) {
        source.segment().asSlice(source.offset(1), 80).fill((byte) 0);
        if (metric != Metric.COSINE) {
          VectorChecks.requireUsable(source, metric, "base vectors", 1);
        }
        for (int column = 0; column < 20; column++) {
          set(source, 1, column, -tiny);
        }
        assertEquals(
            "base vectors: row=1 is too short, though not zero: its squared norm is below "
                + "7.888609E-31; it holds "
                + -tiny
                + " at column=0",
            refusal(source, metric, 1));
      }
      for (int column = 0; column < 20; column++) {
        set(source, 1, column, 2e-16f);
      }
      VectorChecks.requireUsable(source, metric, "base vectors", 1);
    }
  }

  @Test
  void refusesZeroVectorsForCosineOnly() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource floats = ones(arena, 5, 2);
      set(floats, 3, 0, 0f);
      set(floats, 3, 1, -0f);
      VectorChecks.requireUsable(floats, Metric.SQUARED_L2, "base vectors", 1);
      VectorChecks.requireUsable(floats, Metric.INNER_PRODUCT, "base vectors", 1);
      assertEquals(
          "base vectors: row=3 holds only zeros, which have no cosine distance",
          refusal(floats, Metric.COSINE, 1));
      set(floats, 3, 1, 1e-15f);
      VectorChecks.requireUsable(floats, Metric.COSINE, "base vectors", 1);

      for (ElementType type : new ElementType[] {ElementType.UINT8, ElementType.INT8}) {
        MemorySegment bytes = arena.allocate(5 * 70);
        VectorSource source = VectorSource.dense(bytes, 5, 70, type);
        VectorChecks.requireUsable(source, Metric.SQUARED_L2, "base vectors", 1);
        bytes.fill((byte) 200);
        VectorChecks.requireUsable(source, Metric.COSINE, "base vectors", 1);
        bytes.asSlice(4 * 70, 70).fill((byte) 0);
        assertEquals(
            "base vectors: row=4 holds only zeros, which have no cosine distance",
            refusal(source, Metric.COSINE, 1));
      }
    }
  }

  @Test
  void namesTheFirstOfManyBadRowsOnAnyNumberOfThreads() {
    SplittableRandom random = Seeds.random("namesTheFirstOfManyBadRows", 105);
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 50_000, 3);
      for (int round = 0; round < 20; round++) {
        long[] bad = random.longs(5, 0, source.count()).sorted().toArray();
        for (long row : bad) {
          set(source, row, 2, Float.NaN);
        }
        for (int threads : new int[] {1, 2, 7}) {
          assertEquals(
              "base vectors: row=" + bad[0] + " holds NaN at column=2",
              refusal(source, Metric.SQUARED_L2, threads));
        }
        for (long row : bad) {
          set(source, row, 2, 1f);
        }
      }
    }
  }

  @Test
  void refusesNoThreads() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = ones(arena, 1, 1);
      Refusals.assertRefused(
          "threads=0", () -> VectorChecks.requireUsable(source, Metric.COSINE, "queries", 0));
    }
  }
}
