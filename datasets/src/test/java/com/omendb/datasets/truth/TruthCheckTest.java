package com.omendb.datasets.truth;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.testing.TestVectors;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: a truth of other vectors, of a part of them, of another metric or with other row
/// numbers is contradicted by results; one that is exact never is, whatever its rounding, its ties
/// and what a search misses.
class TruthCheckTest {
  private static final int COUNT = 900;
  private static final int K = 20;

  private final SplittableRandom random = Seeds.random("TruthCheckTest", 19);
  private final Arena arena = Arena.ofAuto();

  private VectorSource vectors(int count, ElementType type) {
    return TestVectors.random(random, arena, count, 24, type);
  }

  private static GroundTruth truth(VectorSource base, VectorSource queries, Metric metric) {
    return GroundTruth.compute(base, queries, metric, K, 1, Progress.NONE);
  }

  private static GroundTruth withoutDistances(GroundTruth truth) {
    return new GroundTruth(truth.queryCount(), truth.k(), truth.ids(), MemorySegment.NULL);
  }

  /// Results of searches that miss a share of the neighbours.
  private record Searches(GroundTruth deep, VectorSource queries, Metric metric, double missed) {
    int contradictions(GroundTruth truth, TruthReading reading) {
      SplittableRandom misses = new SplittableRandom(5);
      TruthCheck check = new TruthCheck(truth, reading, metric, queries);
      int contradictions = 0;
      for (long query = 0; query < queries.count(); query++) {
        int size = 0;
        long[] ids = new long[deep.k()];
        float[] distances = new float[deep.k()];
        for (int rank = 0; rank < deep.k(); rank++) {
          if (misses.nextDouble() >= missed) {
            ids[size] = deep.id(query, rank);
            distances[size++] = deep.distance(query, rank);
          }
        }
        boolean wrong =
            check
                .judge(query, Arrays.copyOf(ids, size), Arrays.copyOf(distances, size))
                .contradiction()
                .isPresent();
        contradictions += wrong ? 1 : 0;
      }
      return contradictions;
    }

    int contradictions(GroundTruth truth) {
      return contradictions(truth, TruthReading.AS_IT_IS);
    }
  }

  private static Searches searches(
      VectorSource base, VectorSource queries, Metric metric, double missed) {
    return new Searches(
        GroundTruth.compute(base, queries, metric, 60, 1, Progress.NONE), queries, metric, missed);
  }

  @ParameterizedTest
  @EnumSource
  void exactTruthIsNeverContradicted(Metric metric) {
    for (ElementType type : ElementType.values()) {
      VectorSource base = vectors(COUNT, type);
      VectorSource queries = vectors(40, type);
      GroundTruth truth = truth(base, queries, metric);
      for (double missed : new double[] {0, 0.3, 0.95}) {
        Searches searches = searches(base, queries, metric, missed);
        assertEquals(0, searches.contradictions(truth));
        assertEquals(0, searches.contradictions(withoutDistances(truth)));
      }
    }
  }

  /// Vectors with many ties and far from the origin, whose truth another program computed from
  /// float32 lengths and inner products, and brought into an order of its own among ties.
  @Test
  void roundingAndTiesOfAnotherProgramAreForgiven() {
    int dimension = 64;
    VectorSource base = offset(COUNT, dimension);
    VectorSource queries = offset(40, dimension);
    Searches searches = searches(base, queries, Metric.SQUARED_L2, 0.2);
    MemorySegment ids = arena.allocate(4L * 40 * K, 4);
    MemorySegment distances = arena.allocate(4L * 40 * K, 4);
    for (int query = 0; query < 40; query++) {
      float[] rounded = new float[COUNT];
      for (int row = 0; row < COUNT; row++) {
        float lengths = 0;
        float product = 0;
        for (int i = 0; i < dimension; i++) {
          float a = base.element(row, i);
          float b = queries.element(query, i);
          lengths += a * a + b * b;
          product += a * b;
        }
        rounded[row] = lengths - 2 * product;
      }
      List<Integer> order =
          IntStream.range(0, COUNT)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(row -> rounded[row])
                      .thenComparingInt(row -> -row))
              .toList();
      for (int rank = 0; rank < K; rank++) {
        ids.setAtIndex(NativeMemory.INT, (long) query * K + rank, order.get(rank));
        distances.setAtIndex(NativeMemory.FLOAT, (long) query * K + rank, rounded[order.get(rank)]);
      }
    }
    GroundTruth truth = new GroundTruth(40, K, ids, distances);
    assertEquals(0, searches.contradictions(truth));
    assertEquals(0, searches.contradictions(withoutDistances(truth)));
  }

  private VectorSource offset(int count, int dimension) {
    MemorySegment segment = arena.allocate(4L * count * dimension, 8);
    for (long cell = 0; cell < (long) count * dimension; cell++) {
      segment.setAtIndex(NativeMemory.FLOAT, cell, 100 + random.nextInt(3) * 0.5f);
    }
    return VectorSource.dense(segment, count, dimension, ElementType.FLOAT32);
  }

  @ParameterizedTest
  @EnumSource
  void truthOfOtherVectorsOrOfAPartIsContradicted(Metric metric) {
    VectorSource base = vectors(COUNT, ElementType.FLOAT32);
    VectorSource queries = vectors(60, ElementType.FLOAT32);
    Searches searches = searches(base, queries, metric, 0.1);
    GroundTruth other = truth(vectors(COUNT, ElementType.FLOAT32), queries, metric);
    assertTrue(searches.contradictions(other) > 30);
    assertTrue(searches.contradictions(withoutDistances(other)) > 10);
    GroundTruth part = truth(base.rows(0, COUNT / 2), queries, metric);
    assertEquals(60, searches.contradictions(part));
    assertEquals(60, searches.contradictions(withoutDistances(part)));
  }

  @ParameterizedTest
  @EnumSource
  void truthOfAnotherMetricIsContradicted(Metric metric) {
    VectorSource base = vectors(COUNT, ElementType.FLOAT32);
    VectorSource queries = vectors(60, ElementType.FLOAT32);
    Searches searches = searches(base, queries, metric, 0.1);
    for (Metric other : Metric.values()) {
      GroundTruth truth = truth(base, queries, other);
      assertEquals(other == metric ? 0 : 60, searches.contradictions(truth), other.label());
      int withoutDistances = searches.contradictions(withoutDistances(truth));
      assertTrue(other == metric ? withoutDistances == 0 : withoutDistances > 30, other.label());
    }
  }

  /// The first reading that fits is the one that the truth was written in.
  @ParameterizedTest
  @EnumSource
  void writtenNumbersAreReadInTheirOwnWay(Metric metric) {
    VectorSource base = vectors(COUNT, ElementType.FLOAT32);
    VectorSource queries = vectors(60, ElementType.FLOAT32);
    Searches searches = searches(base, queries, metric, 0.1);
    GroundTruth truth = truth(base, queries, metric);
    for (TruthReading written : TruthReading.known(metric)) {
      GroundTruth file = write(truth, written);
      for (TruthReading reading : TruthReading.known(metric)) {
        int contradictions = searches.contradictions(file, reading);
        if (reading.equals(written)) {
          assertEquals(0, contradictions, reading::toString);
        } else {
          assertTrue(contradictions > 0, () -> written + " read as " + reading);
        }
      }
      GroundTruth read = written.applyTo(file);
      assertEquals(truth.id(3, 4), read.id(3, 4));
      assertEquals(
          truth.distance(3, 4), read.distance(3, 4), 1e-4 * Math.abs(truth.distance(3, 4)));
      assertEquals(
          (written.firstRow() != 0 ? 1 : 0) + (written.scale() != TruthReading.Scale.SAME ? 1 : 0),
          written.notes().size());
    }
  }

  private GroundTruth write(GroundTruth truth, TruthReading reading) {
    MemorySegment ids = arena.allocate(truth.ids().byteSize(), 4);
    MemorySegment distances = arena.allocate(truth.ids().byteSize(), 4);
    for (long cell = 0; cell < truth.queryCount() * truth.k(); cell++) {
      int row = truth.ids().getAtIndex(NativeMemory.INT, cell);
      float distance = truth.distances().getAtIndex(NativeMemory.FLOAT, cell);
      ids.setAtIndex(NativeMemory.INT, cell, row + reading.firstRow());
      distances.setAtIndex(
          NativeMemory.FLOAT,
          cell,
          switch (reading.scale()) {
            case SAME -> distance;
            case ROOTS -> (float) Math.sqrt(distance);
            case NEGATED -> -distance;
            case COSINES -> 1 - distance;
            case DOUBLED -> 2 * distance;
          });
    }
    return new GroundTruth(truth.queryCount(), truth.k(), ids, distances);
  }

  @Test
  void everyTrueRowIsARowOfTheIndexAndNamedOnce() {
    assertDoesNotThrow(() -> requireRows(0, 4, 3, -1));
    assertRefused("row=5, rows of the index=5", 0, 4, 5, 2);
    assertRefused("query=0, rank=1, row=-2", 0, 4, -2, 2);
    assertRefused("query=0, rank=1, row=-1", 0, 4, -1, 2);
    assertRefused("names a row twice: query=0, row=4", 0, 4, 3, 4);
    assertDoesNotThrow(() -> requireRows(1, 5, 1, -1));
    assertRefused("row=0, rows of the index=5", 1, 5, 0, 1);
  }

  private void assertRefused(String named, int firstRow, int... rows) {
    WrongTruthException e =
        assertThrows(WrongTruthException.class, () -> requireRows(firstRow, rows));
    assertTrue(TestVectors.message(e).contains(named), e.getMessage());
  }

  private void requireRows(int firstRow, int... rows) {
    MemorySegment ids = arena.allocate(4L * rows.length, 4);
    MemorySegment.copy(rows, 0, ids, NativeMemory.INT, 0, rows.length);
    GroundTruth truth = new GroundTruth(1, rows.length, ids, MemorySegment.NULL);
    TruthCheck.requireRows(truth, new TruthReading(firstRow, TruthReading.Scale.SAME), 5);
  }

  @Test
  void resultsNearerThanTheTruthEndAMeasurement() {
    VectorSource base = vectors(COUNT, ElementType.FLOAT32);
    VectorSource queries = vectors(5, ElementType.FLOAT32);
    GroundTruth truth = truth(base, queries, Metric.SQUARED_L2);
    TruthCheck check = new TruthCheck(truth, TruthReading.AS_IT_IS, Metric.SQUARED_L2, queries);
    float[] distances = new float[10];
    for (int rank = 0; rank < 10; rank++) {
      distances[rank] = truth.distance(2, rank);
    }
    check.requireNoneNearer(2, distances);
    distances[4] = distances[3];
    WrongTruthException e =
        assertThrows(WrongTruthException.class, () -> check.requireNoneNearer(2, distances));
    assertTrue(TestVectors.message(e).contains("query=2, rank=4"), e.getMessage());
  }
}
