package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.IndexInfo;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.SearchTuning;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Searches of the kind `diskann`, through the public API only. Invariants: results hold k distinct
/// ids, ascending by distance and then id, with the exact distances of the definition; nearly all
/// true neighbours are found; what a search cost adds up; a request that does not fit is refused
/// with a message that ends in name=value.
class DiskAnnSearchTest {
  private static final String KIND = "diskann";
  private static final int DIMENSION = 24;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, SQUARED_L2, 0.96",
    "FLOAT32, INNER_PRODUCT, 0.95",
    "FLOAT32, COSINE, 0.96",
    "UINT8, SQUARED_L2, 0.96",
    "UINT8, INNER_PRODUCT, 0.95",
    "UINT8, COSINE, 0.96",
    "INT8, SQUARED_L2, 0.96",
    "INT8, INNER_PRODUCT, 0.95",
    "INT8, COSINE, 0.96"
  })
  void nearlyAllTrueNeighboursAreFoundWithTheirExactDistances(
      ElementType type, Metric metric, double floor) throws Exception {
    long seed = Seeds.seed("nearlyAllTrueNeighboursAreFoundWithTheirExactDistances", 30);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(1_500, DIMENSION, type, seed, arena);
      VectorSource queries = TestIndexes.queries(1_500, DIMENSION, type, seed, 60, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, metric));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        // Under the inner product long vectors crowd the list, so it has to be longer.
        int listSize = metric == Metric.INNER_PRODUCT ? 80 : 20;
        double recall = TestIndexes.recall(index, base, queries, 10, listSize);
        assertTrue(recall >= floor, "recall=" + recall);
        for (long query = 0; query < queries.count(); query++) {
          SearchResult result = index.search(SearchRequest.of(queries, query, 10));
          assertEquals(10, result.count());
          assertOrdered(result);
          assertExact(result, metric, queries, query, base);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void asManyNeighboursAsThereAreVectorsAreAllOfThem(Metric metric) throws Exception {
    SplittableRandom random = Seeds.random("asManyNeighboursAsThereAreVectorsAreAllOfThem", 31);
    try (Arena arena = Arena.ofShared()) {
      for (int count : new int[] {1, 2, 3, 5, 300}) {
        VectorSource base = TestRows.uniform(random, count, 7, ElementType.INT8, arena);
        Path path = directory.resolve("index-" + count);
        TestIndexes.build(base, path, TestIndexes.quickBuild(KIND, metric));
        try (AnnIndex index = AnnIndex.open(path, TestIndexes.quickOpen())) {
          for (int beamWidth : new int[] {1, 4, SearchTuning.MAX_BEAM_WIDTH}) {
            SearchResult result =
                index.search(
                    SearchRequest.builder(base, 0, count)
                        .tuning(t -> t.beamWidth(beamWidth))
                        .build());
            assertArrayEquals(
                LongStream.range(0, count).toArray(),
                LongStream.of(result.ids()).sorted().toArray());
            assertOrdered(result);
            assertExact(result, metric, base, 0, base);
          }
        }
      }
    }
  }

  @Test
  void aSearchOfMorePagesThanAQueryHoldsFindsAll() throws Exception {
    SplittableRandom random = Seeds.random("aSearchOfMorePagesThanAQueryHoldsFindsAll", 38);
    int count = 300;
    try (Arena arena = Arena.ofShared()) {
      // A vector fills more than half of a page, so each has a page of its own.
      VectorSource base = TestRows.uniform(random, count, 2_100, ElementType.UINT8, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild(KIND, Metric.SQUARED_L2).toBuilder()
              .tuning(t -> t.codes("pq:8"))
              .build());
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        assertEquals(300, index.info().pageCount().orElse(0));
        for (int beamWidth : new int[] {1, SearchTuning.MAX_BEAM_WIDTH}) {
          SearchResult result =
              index.search(
                  SearchRequest.builder(base, 7, count)
                      .tuning(t -> t.beamWidth(beamWidth))
                      .build());
          assertEquals(count, result.count());
          assertOrdered(result);
          assertExact(result, Metric.SQUARED_L2, base, 7, base);
        }
      }
    }
  }

  @Test
  void equalVectorsComeInTheOrderOfTheirIds() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base =
          TestRows.uniform(new SplittableRandom(1), 500, 6, ElementType.UINT8, arena);
      for (int row = 0; row < 500; row++) {
        for (int column = 0; column < 6; column++) {
          TestRows.set(base, row, column, row % 2 == 0 ? 7 : 7 + column + row % 9);
        }
      }
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, Metric.SQUARED_L2));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        SearchResult result =
            index.search(SearchRequest.builder(base, 0, 250).searchListSize(500).build());
        assertArrayEquals(LongStream.range(0, 250).map(i -> 2 * i).toArray(), result.ids());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, FLOAT32", "1, UINT8", "4096, INT8", "8192, FLOAT32"})
  void extremeDimensionsAreSearchedInPagesThatHoldThem(int dimension, ElementType type)
      throws Exception {
    SplittableRandom random = Seeds.random("extremeDimensionsAreSearched", 32);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestRows.uniform(random, 12, dimension, type, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild(KIND, Metric.SQUARED_L2).toBuilder()
              .tuning(t -> t.codes("pq:1"))
              .build());
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        int pageBytes = index.info().pageBytes().orElseThrow();
        assertTrue(pageBytes > type.vectorBytes(dimension));
        assertTrue(pageBytes <= type.vectorBytes(dimension) + 4096 + 100);
        for (int row = 0; row < 12; row++) {
          SearchResult result = index.search(SearchRequest.of(base, row, 12));
          assertEquals(0, result.distance(0));
          assertExact(result, Metric.SQUARED_L2, base, row, base);
        }
      }
    }
  }

  @Test
  void cosineDistancesOfEqualVectorsAreNotNegative() throws Exception {
    SplittableRandom random = Seeds.random("cosineDistancesOfEqualVectorsAreNotNegative", 33);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestRows.uniform(random, 200, 33, ElementType.FLOAT32, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, Metric.COSINE));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        for (int row = 0; row < 200; row++) {
          SearchResult result = index.search(SearchRequest.of(base, row, 1));
          assertEquals(row, result.id(0));
          assertTrue(result.distance(0) >= 0, "distance=" + result.distance(0));
        }
      }
    }
  }

  @Test
  void whatASearchCostAddsUp() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(1_500, DIMENSION, ElementType.UINT8, 34, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, Metric.SQUARED_L2));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        int pageBytes = index.info().pageBytes().orElseThrow();
        int pageCount = index.info().pageCount().orElseThrow();
        long allReads = 0;
        for (int round = 0; round < 3; round++) {
          for (int row = 0; row < 100; row++) {
            SearchStats stats = index.search(SearchRequest.of(base, row * 15L, 10)).stats();
            assertTrue(stats.pageReads() + stats.cacheHits() > 0);
            assertEquals((long) stats.pageReads() * pageBytes, stats.bytesRead());
            assertTrue(stats.rounds() > 0);
            assertTrue(stats.rounds() <= stats.pageReads() + stats.cacheHits());
            assertTrue(stats.expanded() >= stats.rounds());
            assertTrue(stats.exactDistances() >= 10);
            assertTrue(stats.approximateDistances() >= stats.expanded());
            assertTrue(stats.waitNanos() >= 0 && stats.waitNanos() <= stats.totalNanos());
            allReads += stats.pageReads();
          }
        }
        // Every page fits the budget, so none is read twice.
        assertTrue(allReads > 0 && allReads <= pageCount, "reads=" + allReads);
      }
    }
  }

  @Test
  void aWiderBeamNeedsFewerRoundsAndALongerListFindsNoLess() throws Exception {
    long seed = Seeds.seed("aWiderBeamNeedsFewerRounds", 35);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(1_500, DIMENSION, ElementType.INT8, seed, arena);
      VectorSource queries =
          TestIndexes.queries(1_500, DIMENSION, ElementType.INT8, seed, 40, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, Metric.SQUARED_L2));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        long narrow = 0;
        long wide = 0;
        for (long query = 0; query < 40; query++) {
          SearchRequest request = SearchRequest.of(queries, query, 10);
          narrow +=
              index
                  .search(request.toBuilder().tuning(t -> t.beamWidth(1)).build())
                  .stats()
                  .rounds();
          wide +=
              index
                  .search(request.toBuilder().tuning(t -> t.beamWidth(8)).build())
                  .stats()
                  .rounds();
        }
        assertTrue(3 * wide < 2 * narrow, "rounds of 8: " + wide + ", rounds of 1: " + narrow);
        double shortList = TestIndexes.recall(index, base, queries, 10, 10);
        double longList = TestIndexes.recall(index, base, queries, 10, 200);
        assertTrue(shortList <= longList && longList >= 0.99, shortList + ", " + longList);
        SearchRequest request = SearchRequest.of(queries, 0, 10);
        assertTrue(
            pages(index.search(request.toBuilder().searchListSize(10).build()))
                <= pages(index.search(request.toBuilder().searchListSize(200).build())));
        assertTrue(
            pages(index.search(request.toBuilder().tuning(t -> t.gainThreshold(0.9f)).build()))
                < pages(
                    index.search(request.toBuilder().tuning(t -> t.gainThreshold(0f)).build())));
        assertTrue(pages(index.search(request.toBuilder().maxPageReads(3).build())) <= 3);
      }
    }
  }

  private static int pages(SearchResult result) {
    return result.stats().pageReads() + result.stats().cacheHits();
  }

  @Test
  void theInfoSaysWhatWasBuilt() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(200, DIMENSION, ElementType.INT8, 36, arena);
      BuildOptions options =
          TestIndexes.quickBuild(KIND, Metric.INNER_PRODUCT).toBuilder()
              .tuning(t -> t.codes("pq:5").seed(99))
              .build();
      TestIndexes.build(base, directory, options);
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        IndexInfo info = index.info();
        assertEquals(directory, info.directory());
        assertEquals(KIND, info.kind());
        assertEquals(Manifest.FORMAT_VERSION, info.formatVersion());
        assertEquals(200, info.count());
        assertEquals(DIMENSION, info.dimension());
        assertEquals(ElementType.INT8, info.elementType());
        assertEquals(Metric.INNER_PRODUCT, info.metric());
        assertEquals(OptionalInt.of(24), info.maxDegree());
        assertEquals(Optional.of(BuildMethod.LEAF), info.method());
        assertEquals("pq:5", info.settings().get("code"));
        assertEquals(OptionalLong.of(99), info.seed());
        long bytes = TestFiles.snapshot(directory).values().stream().mapToLong(b -> b.length).sum();
        assertEquals(bytes, info.indexBytes());
        assertThrows(UnsupportedOperationException.class, () -> info.settings().clear());
        assertThrows(UnsupportedOperationException.class, () -> info.memoryBytes().clear());
      }
    }
  }

  @Test
  void aRequestThatDoesNotFitTheIndexIsRefused() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(50, 4, ElementType.FLOAT32, 37, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, Metric.SQUARED_L2));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        float[] sound = {1, 2, 3, 4};
        assertEquals(50, index.search(SearchRequest.of(sound, 50)).count());
        assertEquals(50, index.search(SearchRequest.of(sound, 51)).count());
        assertRefused(
            "searchListSize=9", () -> SearchRequest.builder(sound, 10).searchListSize(9).build());
        assertRefused(
            "dimension=3", () -> index.search(SearchRequest.of(new float[] {1, 2, 3}, 1)));
        assertRefused("dimension=5", () -> index.search(SearchRequest.of(new float[5], 1)));
        assertRefused(
            "elementType=uint8", () -> index.search(SearchRequest.ofUint8(new byte[4], 1)));
        assertRefused(
            "elementType=int8", () -> index.search(SearchRequest.ofInt8(new byte[16], 1)));
        assertRefusedQuery(index, Float.NaN);
        assertRefusedQuery(index, Float.POSITIVE_INFINITY);
        assertRefusedQuery(index, Float.NEGATIVE_INFINITY);
        assertRefused(
            "norm", () -> index.search(SearchRequest.of(new float[] {1e20f, 1e20f, 0, 0}, 1)));
        assertEquals(1, index.search(SearchRequest.of(new float[4], 1)).count());
      }
    }
  }

  private static void assertRefusedQuery(AnnIndex index, float value) {
    assertRefused(
        "column=2", () -> index.search(SearchRequest.of(new float[] {0, 1, value, 3}, 1)));
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void aZeroQueryHasNoCosine(ElementType type) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestRows.uniform(new SplittableRandom(1), 20, 4, type, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild(KIND, Metric.COSINE));
      VectorSource zero = VectorSource.dense(arena.allocate(16), 1, 4, type);
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        assertRefused("norm=0", () -> index.search(SearchRequest.of(zero, 0, 1)));
        assertEquals(1, index.search(SearchRequest.of(base, 0, 1)).count());
      }
    }
  }

  private static void assertRefused(String part, Executable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
    TestFiles.assertMentions(part, e);
    assertTrue(String.valueOf(e.getMessage()).matches("(?s).*=\\S+"), e::getMessage);
  }

  private static void assertOrdered(SearchResult result) {
    for (int rank = 1; rank < result.count(); rank++) {
      float before = result.distance(rank - 1);
      float here = result.distance(rank);
      assertTrue(before < here || (before == here && result.id(rank - 1) < result.id(rank)));
    }
    assertEquals(result.count(), LongStream.of(result.ids()).distinct().count());
  }

  private static void assertExact(
      SearchResult result, Metric metric, VectorSource queries, long query, VectorSource base)
      throws IOException {
    for (int rank = 0; rank < result.count(); rank++) {
      double expected = TestRows.distance(metric, queries, query, base, result.id(rank));
      if (metric != Metric.COSINE && base.elementType() != ElementType.FLOAT32) {
        assertEquals((float) expected, result.distance(rank));
      } else {
        assertEquals(expected, result.distance(rank), 1e-5 * (1 + Math.abs(expected)));
      }
    }
  }
}
