package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Hybrid indexes through the public API only. Invariants: nearly all true neighbours are found, in
/// order and with their exact distances; entering through the upper layers costs fewer page fetches
/// than entering at the medoid and finds no less; the memory budget, threads and the I/O engine
/// change the cost and never the result.
@Timeout(120)
class HybridKindTest {
  private static final int DIMENSION = 24;
  private static final int K = 10;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, SQUARED_L2, 0.95",
    "FLOAT32, INNER_PRODUCT, 0.95",
    "FLOAT32, COSINE, 0.95",
    "UINT8, SQUARED_L2, 0.95",
    "UINT8, INNER_PRODUCT, 0.95",
    "UINT8, COSINE, 0.95",
    "INT8, SQUARED_L2, 0.95",
    "INT8, INNER_PRODUCT, 0.95",
    "INT8, COSINE, 0.95"
  })
  void nearlyAllTrueNeighboursAreFoundWithTheirExactDistances(
      ElementType type, Metric metric, double floor) throws Exception {
    long seed = Seeds.seed("hybridFindsNearlyAllTrueNeighbours", 70);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(1_500, DIMENSION, type, seed, arena);
      VectorSource queries = TestIndexes.queries(1_500, DIMENSION, type, seed, 60, arena);
      TestIndexes.build(base, directory, TestIndexes.quickBuild("hybrid", metric));
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        GroundTruth truth = TestIndexes.truth(base, queries, metric, K);
        // Under the inner product long vectors crowd the list, so it has to be longer.
        int listSize = metric == Metric.INNER_PRODUCT ? 80 : 20;
        double recall = TestIndexes.recall(index, truth, queries, K, listSize);
        assertTrue(recall >= floor, "recall=" + recall);
        for (long query = 0; query < queries.count(); query++) {
          SearchResult result = index.search(SearchRequest.of(queries, query, K));
          assertEquals(K, result.count());
          TestIndexes.assertExact(result, metric, queries, query, base);
        }
      }
    }
  }

  @Test
  void theDefaultKindIsTheHybrid() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(200, 8, ElementType.UINT8, 71, arena);
      TestIndexes.build(base, directory, BuildOptions.defaults());
      assertEquals(List.of("diskann", "hybrid"), AnnIndex.installedKinds());
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        assertEquals("hybrid", index.info().kind());
        assertEquals("1", index.info().settings().get("upperLayers"));
        long bytes = 0;
        for (String file :
            List.of(
                "manifest.omen",
                "base.pages",
                "pages.dir",
                "codes-2.pq",
                "codes-3.pq",
                "codes-4.pq",
                "codebook-2.pq",
                "codebook-3.pq",
                "codebook-4.pq",
                "means-2.pq",
                "means-3.pq",
                "means-4.pq",
                "pages.graph",
                "thin.graph",
                "layers.hnsw")) {
          bytes += Files.size(TestFiles.file(directory, file));
        }
        assertEquals(bytes, index.info().indexBytes());
      }
    }
  }

  @Test
  void theUpperLayersSaveFetchesAndLoseNothing() throws Exception {
    long seed = Seeds.seed("theUpperLayersSaveFetchesAndLoseNothing", 72);
    int count = 3_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(count, 32, ElementType.UINT8, seed, arena);
      VectorSource queries = TestIndexes.queries(count, 32, ElementType.UINT8, seed, 100, arena);
      GroundTruth truth = TestIndexes.truth(base, queries, Metric.SQUARED_L2, K);
      Cost[] costs = new Cost[2];
      for (int i = 0; i < 2; i++) {
        String kind = i == 0 ? "hybrid" : "diskann";
        BuildOptions options =
            TestIndexes.quickBuild(kind, Metric.SQUARED_L2).toBuilder()
                .maxDegree(16)
                .tuning(t -> t.buildListSize(30))
                .build();
        Path path = TestIndexes.build(base, directory.resolve(kind), options);
        try (AnnIndex index = AnnIndex.open(path, TestIndexes.quickOpen())) {
          assertEquals(kind, index.info().kind());
          costs[i] = cost(index, truth, queries, 20);
        }
      }
      assertTrue(costs[0].fetches() < 0.9 * costs[1].fetches(), List.of(costs)::toString);
      assertTrue(costs[0].rounds() < costs[1].rounds(), List.of(costs)::toString);
      assertTrue(costs[0].recall() > costs[1].recall() - 0.03, List.of(costs)::toString);
    }
  }

  /// @param fetches pages read or found in memory, over all queries
  private record Cost(double recall, long fetches, long rounds) {}

  private static Cost cost(AnnIndex index, GroundTruth truth, VectorSource queries, int listSize)
      throws IOException {
    long fetches = 0;
    long rounds = 0;
    for (long query = 0; query < queries.count(); query++) {
      SearchStats stats =
          index
              .search(SearchRequest.builder(queries, query, K).searchListSize(listSize).build())
              .stats();
      fetches += stats.pageReads() + stats.cacheHits();
      rounds += stats.rounds();
    }
    return new Cost(TestIndexes.recall(index, truth, queries, K, listSize), fetches, rounds);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void asManyNeighboursAsThereAreVectorsAreAllOfThem(Metric metric) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      for (int count : new int[] {1, 2, 3, 70, 300}) {
        VectorSource base = TestIndexes.clustered(count, 7, ElementType.FLOAT32, count, arena);
        Path path = directory.resolve("index-" + count);
        TestIndexes.build(base, path, TestIndexes.quickBuild("hybrid", metric));
        try (AnnIndex index = AnnIndex.open(path, TestIndexes.quickOpen())) {
          SearchResult result = index.search(SearchRequest.of(base, 0, count));
          assertArrayEquals(
              LongStream.range(0, count).toArray(), LongStream.of(result.ids()).sorted().toArray());
          TestIndexes.assertExact(result, metric, base, 0, base);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theSmallestBudgetNamedHoldsTheLayersAndOneByteLessDoesNot(int maxSearchers)
      throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(800, 40, ElementType.FLOAT32, 73, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
              .tuning(t -> t.codes("pq:10"))
              .build());
      OpenOptions options = TestIndexes.quickOpen().toBuilder().maxSearchers(maxSearchers).build();
      long smallest =
          assertThrows(
                  MemoryBudgetException.class,
                  () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()))
              .smallestBudgetBytes();
      assertThrows(
          MemoryBudgetException.class,
          () ->
              AnnIndex.open(
                  directory, options.toBuilder().memoryBudgetBytes(smallest - 1).build()));
      List<SearchResult> expected;
      try (AnnIndex index = AnnIndex.open(directory, options)) {
        expected = results(index, base);
      }
      try (AnnIndex index =
          AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(smallest).build())) {
        assertSame(expected, results(index, base));
        assertEquals(
            Files.size(TestFiles.file(directory, "layers.hnsw")),
            index.info().memoryBytes().get("layers.hnsw"));
        long reserved = index.info().reservedBytes();
        assertTrue(reserved <= smallest, "reserved=" + reserved);
      }
      try (AnnIndex index =
          AnnIndex.open(directory, options.toBuilder().tuning(t -> t.directIo(false)).build())) {
        assertSame(expected, results(index, base));
      }
    }
  }

  @Test
  void concurrentSearchesGiveTheResultsOfOneThread() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(1_500, DIMENSION, ElementType.INT8, 74, arena);
      TestIndexes.build(
          base,
          directory,
          TestIndexes.quickBuild("hybrid", Metric.COSINE).toBuilder().threads(2).build());
      OpenOptions two = TestIndexes.quickOpen().toBuilder().maxSearchers(2).build();
      try (AnnIndex index = AnnIndex.open(directory, two);
          ExecutorService executor = Executors.newFixedThreadPool(8)) {
        List<SearchResult> expected = results(index, base);
        Callable<List<SearchResult>> work = () -> results(index, base);
        for (Future<List<SearchResult>> future : executor.invokeAll(Collections.nCopies(8, work))) {
          assertSame(expected, future.get());
        }
      }
    }
  }

  @Test
  void layersAreTheSameForASeedOnOneThreadAndOthersForAnother() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(1_000, 8, ElementType.UINT8, 75, arena);
      BuildOptions options = TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2);
      Path first = TestIndexes.build(base, directory.resolve("first"), options);
      Path second = TestIndexes.build(base, directory.resolve("second"), options);
      Path other =
          TestIndexes.build(
              base, directory.resolve("other"), options.toBuilder().tuning(t -> t.seed(7)).build());
      assertArrayEquals(layers(first), layers(second));
      assertFalse(Arrays.equals(layers(first), layers(other)));
    }
  }

  /// All of the layers but their header, which holds the index's own id.
  private static byte[] layers(Path index) throws IOException {
    byte[] bytes = Files.readAllBytes(TestFiles.file(index, "layers.hnsw"));
    return Arrays.copyOfRange(bytes, 4096, bytes.length);
  }

  private static List<SearchResult> results(AnnIndex index, VectorSource base) throws IOException {
    List<SearchResult> results = new ArrayList<>();
    for (long row = 0; row < base.count(); row += 20) {
      results.add(index.search(SearchRequest.of(base, row, K)));
    }
    return results;
  }

  private static void assertSame(List<SearchResult> expected, List<SearchResult> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).ids(), actual.get(i).ids());
      assertArrayEquals(expected.get(i).distances(), actual.get(i).distances());
    }
  }
}
