package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildMethod;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Elements at both ends of their types' ranges, and distances between which a float cannot tell.
/// Invariants, for searches through pages and in memory and for ground truth alike: integers come
/// in the order of their exact distances, equal ones by id; floats within a rounding a term;
/// vectors that no distance can be computed from are refused.
@Timeout(120)
class NumbersAtTheEdgeTest {
  private static final int COUNT = 120;
  private static final int K = 20;
  private static final MathContext DIGITS = new MathContext(50);

  @TempDir Path folder;

  private static byte of(SplittableRandom random, int low, int high) {
    return (byte) random.nextInt(low, high + 1);
  }

  /// Rows that are alike but for three of their elements; the last row is the query.
  private static VectorSource integers(
      ElementType type, int dimension, int usual, int query, int low, int high, Arena arena) {
    SplittableRandom random = Seeds.random("NumbersAtTheEdge " + type + dimension + usual, 83);
    MemorySegment segment = arena.allocate((COUNT + 1L) * dimension, 64);
    segment.fill((byte) usual);
    segment.asSlice((long) COUNT * dimension).fill((byte) query);
    for (long row = 0; row < COUNT; row++) {
      for (int i = 0; i < 3; i++) {
        segment.set(
            NativeMemory.BYTE, row * dimension + random.nextInt(dimension), of(random, low, high));
      }
    }
    return VectorSource.dense(segment, COUNT + 1, dimension, type);
  }

  @ParameterizedTest
  @CsvSource({
    "UINT8, SQUARED_L2, 1024, 255, 0, 0, 15",
    "UINT8, SQUARED_L2, 8192, 255, 0, 0, 15",
    "UINT8, SQUARED_L2, 1024, 255, 1, 250, 255",
    "UINT8, INNER_PRODUCT, 1024, 255, 255, 250, 255",
    "UINT8, INNER_PRODUCT, 259, 255, 255, 250, 255",
    "UINT8, COSINE, 1024, 255, 254, 250, 255",
    "UINT8, COSINE, 300, 255, 255, 250, 255",
    "INT8, SQUARED_L2, 2048, -128, 127, -128, -120",
    "INT8, INNER_PRODUCT, 2048, -128, -128, -128, -120",
    "INT8, INNER_PRODUCT, 2048, -128, 127, -128, -120",
    "INT8, COSINE, 1024, -128, -128, -128, -120",
    "INT8, COSINE, 1024, -128, 127, -128, -120",
    "INT8, SQUARED_L2, 32, -128, 127, -128, -120"
  })
  void integersComeInTheOrderOfTheirExactDistances(
      ElementType type, Metric metric, int dimension, int usual, int query, int low, int high)
      throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource all = integers(type, dimension, usual, query, low, high, arena);
      BigDecimal[] distances = new BigDecimal[COUNT];
      for (int row = 0; row < COUNT; row++) {
        distances[row] = exact(all, row, metric);
      }
      long[] expected =
          IntStream.range(0, COUNT)
              .boxed()
              .sorted(Comparator.comparing(row -> distances[row]))
              .limit(K)
              .mapToLong(row -> row)
              .toArray();
      float[] expectedDistances = new float[K];
      for (int rank = 0; rank < K; rank++) {
        expectedDistances[rank] = distances[(int) expected[rank]].floatValue();
      }
      float rounding = metric == Metric.COSINE ? 1e-6f * expectedDistances[K - 1] : 0;

      GroundTruth truth = truth(all, metric);
      for (int rank = 0; rank < K; rank++) {
        assertEquals(expected[rank], truth.id(0, rank), "rank=" + rank);
        assertEquals(expectedDistances[rank], truth.distance(0, rank), rounding);
      }
      build(all, metric);
      SearchResult resident = search(all, Residency.ALL);
      assertArrayEquals(expected, resident.ids());
      assertArrayEquals(expectedDistances, resident.distances(), rounding);
      assertInOrder(search(all, Residency.PAGES), distances, rounding);
    }
  }

  /// Not every page is read, but what was found is in order.
  private static void assertInOrder(SearchResult result, BigDecimal[] distances, float rounding) {
    assertEquals(K, result.count());
    for (int rank = 0; rank < K; rank++) {
      BigDecimal distance = distances[(int) result.id(rank)];
      assertEquals(distance.floatValue(), result.distance(rank), rounding);
      if (rank > 0) {
        int order = distances[(int) result.id(rank - 1)].compareTo(distance);
        assertTrue(order < 0 || (order == 0 && result.id(rank - 1) < result.id(rank)));
      }
    }
  }

  private static BigDecimal exact(VectorSource source, long row, Metric metric) {
    long squaredDistance = 0;
    long dot = 0;
    long norm = 0;
    long queryNorm = 0;
    for (int column = 0; column < source.dimension(); column++) {
      long x = (long) source.element(row, column);
      long y = (long) source.element(COUNT, column);
      squaredDistance += (x - y) * (x - y);
      dot += x * y;
      norm += x * x;
      queryNorm += y * y;
    }
    return switch (metric) {
      case SQUARED_L2 -> BigDecimal.valueOf(squaredDistance);
      case INNER_PRODUCT -> BigDecimal.valueOf(-dot);
      case COSINE ->
          BigDecimal.ONE.subtract(
              BigDecimal.valueOf(dot)
                  .divide(
                      BigDecimal.valueOf(norm).multiply(BigDecimal.valueOf(queryNorm)).sqrt(DIGITS),
                      DIGITS));
    };
  }

  /// Rows around a centre; the last row is the query.
  private static VectorSource floats(int dimension, double centre, double spread, Arena arena) {
    SplittableRandom random = Seeds.random("NumbersAtTheEdge " + centre + " " + spread, 84);
    MemorySegment segment = arena.allocate((COUNT + 1L) * dimension * Float.BYTES, 64);
    for (int row = 0; row <= COUNT; row++) {
      // In bands, so that most distances differ by more than roundings.
      double band = spread * (1 + row / 10.0);
      for (int column = 0; column < dimension; column++) {
        double value = centre * (column % 3 - 0.9) + band * random.nextDouble(-1, 1);
        segment.setAtIndex(NativeMemory.FLOAT, (long) row * dimension + column, (float) value);
      }
    }
    return VectorSource.dense(segment, COUNT + 1, dimension, ElementType.FLOAT32);
  }

  @ParameterizedTest
  @CsvSource({
    "SQUARED_L2, 16, 0, 1e16, 1e-5",
    "SQUARED_L2, 16, 1.5e18, 1e16, 1e-5",
    "SQUARED_L2, 768, 0, 1e16, 1e-4",
    "SQUARED_L2, 16, 0, 1e-15, 1e-5",
    "SQUARED_L2, 16, 1, 1e-5, 1e-5",
    "INNER_PRODUCT, 16, 0, 1e16, 1e-4",
    "INNER_PRODUCT, 16, 0, 1e-15, 1e-4",
    "COSINE, 16, 1, 1e-4, 1e-3",
    "COSINE, 16, 1, 0.01, 1e-4",
    "COSINE, 16, 0, 1e16, 1e-4",
    "COSINE, 16, 0, 1e-15, 1e-4",
    "COSINE, 16, 1e-14, 1e-16, 1e-4",
    "COSINE, 128, 5e17, 1e14, 1e-3"
  })
  void floatsComeInOrderUpToRoundings(
      Metric metric, int dimension, double centre, double spread, double tolerance)
      throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource all = floats(dimension, centre, spread, arena);
      double[] distances = new double[COUNT];
      for (int row = 0; row < COUNT; row++) {
        distances[row] = reference(all, row, metric);
      }
      double[] sorted =
          IntStream.range(0, COUNT).mapToDouble(row -> distances[row]).sorted().toArray();
      double scale = metric == Metric.INNER_PRODUCT ? Math.abs(sorted[0]) : 0;
      GroundTruth truth = truth(all, metric);
      for (int rank = 0; rank < K; rank++) {
        double slack = tolerance * Math.max(scale, Math.abs(sorted[rank]));
        assertEquals(sorted[rank], distances[truth.id(0, rank)], slack, "rank=" + rank);
        assertEquals(sorted[rank], truth.distance(0, rank), slack, "rank=" + rank);
      }
      build(all, metric);
      for (Residency residency : new Residency[] {Residency.ALL, Residency.PAGES}) {
        SearchResult result = search(all, residency);
        assertEquals(K, result.count());
        for (int rank = 0; rank < K; rank++) {
          double slack = tolerance * Math.max(scale, Math.abs(sorted[rank]));
          assertEquals(sorted[rank], distances[(int) result.id(rank)], slack, "rank=" + rank);
          assertEquals(sorted[rank], result.distance(rank), slack, "rank=" + rank);
        }
      }
    }
  }

  private static double reference(VectorSource source, long row, Metric metric) {
    double norm = 0;
    double queryNorm = 0;
    for (int column = 0; column < source.dimension(); column++) {
      norm += Math.pow(source.element(row, column), 2);
      queryNorm += Math.pow(source.element(COUNT, column), 2);
    }
    double scale = metric == Metric.COSINE ? Math.sqrt(norm) : 1;
    double queryScale = metric == Metric.COSINE ? Math.sqrt(queryNorm) : 1;
    double sum = 0;
    double dot = 0;
    for (int column = 0; column < source.dimension(); column++) {
      double x = source.element(row, column) / scale;
      double y = source.element(COUNT, column) / queryScale;
      sum += (x - y) * (x - y);
      dot += x * y;
    }
    return switch (metric) {
      case SQUARED_L2 -> sum;
      case INNER_PRODUCT -> -dot;
      case COSINE -> sum / 2;
    };
  }

  /// Of vectors that all lie within 1e-4 of each other the near ones are found, not any.
  @ParameterizedTest
  @CsvSource({"LEAF, 1", "LEAF, 7", "VAMANA, 1"})
  void neighboursOfANarrowConeAreFound(BuildMethod method, float length) throws Exception {
    SplittableRandom random = Seeds.random("neighboursOfANarrowCone", 86);
    int count = 1_500;
    int dimension = 16;
    try (Arena arena = Arena.ofShared()) {
      float[] centre = new float[dimension];
      for (int column = 0; column < dimension; column++) {
        centre[column] = (float) random.nextGaussian();
      }
      MemorySegment segment = arena.allocate((long) count * dimension * Float.BYTES, 64);
      for (int row = 0; row < count; row++) {
        double scale = random.nextDouble(1, length + 1e-9);
        for (int column = 0; column < dimension; column++) {
          double value = scale * (centre[column] + 1e-4 * random.nextGaussian());
          segment.setAtIndex(NativeMemory.FLOAT, (long) row * dimension + column, (float) value);
        }
      }
      VectorSource base = VectorSource.dense(segment, count, dimension, ElementType.FLOAT32);
      Path directory = folder.resolve("cone");
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild("diskann", Metric.COSINE).toBuilder()
              .tuning(t -> t.method(method))
              .build());
      try (AnnIndex index =
          AnnIndex.open(
              directory,
              TestIndexes.quickOpen().toBuilder()
                  .tuning(t -> t.residency(Residency.ALL))
                  .build())) {
        double recall = TestIndexes.recall(index, base, base.rows(0, 100), 10, 40);
        assertTrue(recall >= 0.97, "recall=" + recall);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SQUARED_L2, NaN, holds NaN",
    "INNER_PRODUCT, Infinity, holds Infinity",
    "COSINE, -Infinity, holds -Infinity",
    "SQUARED_L2, 3e38, too long",
    "INNER_PRODUCT, 1e19, too long",
    "COSINE, -1e19, too long",
    "SQUARED_L2, 1e-30, too short",
    "INNER_PRODUCT, 1e-30, too short",
    "SQUARED_L2, 1e-45, too short",
    "COSINE, 1e-30, too short",
    "COSINE, 0, zero"
  })
  void whatNoDistanceCanBeComputedFromIsRefused(Metric metric, float element, String reason)
      throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource all = floats(4, 1, 1, arena);
      build(all, metric);
      float[] odd = {element, element, element, element};
      try (AnnIndex index = AnnIndex.open(folder.resolve("index"), TestIndexes.quickOpen())) {
        assertRefused(reason, () -> index.search(SearchRequest.of(odd, 1)), "norm=0");
      }
      MemorySegment.copy(odd, 0, all.segment(), NativeMemory.FLOAT, all.offset(7), 4);
      Files.createDirectories(folder.resolve("odd"));
      assertRefused(
          reason,
          () ->
              AnnIndex.build(
                  all.rows(0, COUNT),
                  folder.resolve("odd/index"),
                  TestIndexes.quickBuild("diskann", metric),
                  Progress.NONE),
          reason);
      assertRefused(reason, () -> truth(all, metric), reason);
    }
  }

  private static void assertRefused(String reason, Executable action, String other) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(reason) || message.contains(other), message);
  }

  private static GroundTruth truth(VectorSource all, Metric metric) {
    return GroundTruth.compute(all.rows(0, COUNT), all.rows(COUNT, 1), metric, K, 2, Progress.NONE);
  }

  private void build(VectorSource all, Metric metric) throws Exception {
    TestIndexes.build(
        all.rows(0, COUNT),
        folder.resolve("index"),
        TestIndexes.quickBuild("diskann", metric).toBuilder().tuning(t -> t.codes("pq:2")).build());
  }

  private SearchResult search(VectorSource all, Residency residency) throws Exception {
    try (AnnIndex index =
        AnnIndex.open(
            folder.resolve("index"),
            TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build())) {
      return index.search(
          SearchRequest.builder(all, COUNT, K)
              .searchListSize(1_000)
              .tuning(t -> t.gainThreshold(0))
              .build());
    }
  }
}
