package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.SearchTuning;
import com.omendb.store.Searcher;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestFiles;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What lies in memory changes what a search costs and not what it promises. Invariants, for every
/// residency: nearly all true neighbours with their exact distances; k results whenever k exist; a
/// batch, other callers and the order in which pages arrive change no result; more memory means no
/// more reads.
@Timeout(120)
class ResidencyTest {
  private static final int COUNT = 4_000;
  private static final int QUERIES = 60;
  private static final int K = 10;

  @TempDir static Path directory;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource queries = base;

  @BeforeAll
  static void build() throws Exception {
    base = TestIndexes.clustered(COUNT, 32, ElementType.UINT8, 97, ARENA);
    queries = TestIndexes.queries(COUNT, 32, ElementType.UINT8, 97, QUERIES, ARENA);
    TestIndexes.build(base, directory, TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2));
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private static OpenOptions options(Residency residency) {
    return TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build();
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void nearlyAllTrueNeighboursAreFoundWithTheirExactDistances(Residency residency)
      throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
      assertEquals(Optional.of(residency), index.info().residency());
      double recall =
          TestIndexes.recall(
              index, TestIndexes.truth(base, queries, Metric.SQUARED_L2, K), queries, K, 60);
      assertTrue(recall >= 0.97, "recall=" + recall);
      for (int row = 0; row < 50; row++) {
        SearchResult result = index.search(SearchRequest.of(base, row, K));
        assertEquals(0f, result.distance(0));
        for (int rank = 0; rank < K; rank++) {
          assertEquals(distance(row, (int) result.id(rank)), result.distance(rank), "rank=" + rank);
        }
      }
    }
  }

  @Test
  void aBudgetThatIsLeftToDecideKeepsAllThatFits() throws Exception {
    OpenOptions roomy = OpenOptions.builder().memoryBudgetBytes(64L << 20).maxSearchers(1).build();
    try (AnnIndex index = AnnIndex.open(directory, roomy)) {
      assertEquals(Optional.of(Residency.ALL), index.info().residency());
    }
  }

  private static double distance(int rowA, int rowB) {
    double sum = 0;
    for (int column = 0; column < base.dimension(); column++) {
      double difference = base.element(rowA, column) - base.element(rowB, column);
      sum += difference * difference;
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void asManyNeighboursAsThereAreVectorsAreAllOfThem(Residency residency) throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
      SearchResult result = index.search(SearchRequest.of(queries, 0, COUNT));
      assertEquals(COUNT, result.count());
      assertEquals(COUNT, Arrays.stream(result.ids()).distinct().count());
    }
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void aBatchFindsWhatSingleSearchesFind(Residency residency) throws Exception {
    List<SearchRequest> requests = new ArrayList<>();
    for (int query = 0; query < QUERIES; query++) {
      // Wide beams, so that the searches of a batch compete for page requests.
      SearchRequest.Builder request = SearchRequest.builder(queries, query, 1 + query % 20);
      if (query % 2 == 0) {
        request.tuning(t -> t.beamWidth(SearchTuning.MAX_BEAM_WIDTH));
      }
      requests.add(request.build());
    }
    try (AnnIndex index = AnnIndex.open(directory, options(residency));
        Searcher searcher = index.newSearcher()) {
      List<SearchResult> batch = searcher.searchBatch(requests);
      assertEquals(QUERIES, batch.size());
      for (int query = 0; query < QUERIES; query++) {
        SearchResult single = searcher.search(requests.get(query));
        assertArrayEquals(single.ids(), batch.get(query).ids());
        assertArrayEquals(single.distances(), batch.get(query).distances());
        assertSameEffort(single.stats(), batch.get(query).stats());
      }
      assertEquals(List.of(), searcher.searchBatch(List.of()));
    }
  }

  private static void assertSameEffort(SearchStats single, SearchStats batched) {
    assertEquals(single.rounds(), batched.rounds());
    assertEquals(single.expanded(), batched.expanded());
    assertEquals(single.approximateDistances(), batched.approximateDistances());
    assertEquals(single.exactDistances(), batched.exactDistances());
    assertEquals(
        single.pageReads() + single.cacheHits(), batched.pageReads() + batched.cacheHits());
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void aBadRequestInABatchFailsItAndNothingElse(Residency residency) throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options(residency));
        Searcher searcher = index.newSearcher()) {
      SearchRequest good = SearchRequest.of(queries, 0, K);
      SearchRequest bad = SearchRequest.ofUint8(new byte[3], K);
      SearchResult before = searcher.search(good);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> searcher.searchBatch(List.of(good, bad, good)));
      TestFiles.assertMentions("dimension=3", e);
      assertArrayEquals(before.ids(), searcher.search(good).ids());
      assertArrayEquals(before.ids(), searcher.searchBatch(List.of(good)).getFirst().ids());
    }
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void manyCallersShareFewSearchersAndFindTheSame(Residency residency) throws Exception {
    List<long[]> expected = new ArrayList<>();
    OpenOptions options = options(residency).toBuilder().maxSearchers(2).build();
    try (AnnIndex index = AnnIndex.open(directory, options);
        ExecutorService callers = Executors.newFixedThreadPool(24)) {
      for (int query = 0; query < QUERIES; query++) {
        expected.add(index.search(SearchRequest.of(queries, query, K)).ids());
      }
      Callable<Integer> caller =
          () -> {
            int searched = 0;
            for (int round = 0; round < 5; round++) {
              for (int query = 0; query < QUERIES; query++) {
                assertArrayEquals(
                    expected.get(query), index.search(SearchRequest.of(queries, query, K)).ids());
                searched++;
              }
            }
            return searched;
          };
      for (Future<Integer> future : callers.invokeAll(Collections.nCopies(24, caller))) {
        assertEquals(5 * QUERIES, future.get());
      }
      // Nobody holds a searcher any more.
      try (Searcher first = index.newSearcher();
          Searcher second = index.newSearcher()) {
        assertArrayEquals(expected.getFirst(), first.search(SearchRequest.of(queries, 0, K)).ids());
        assertArrayEquals(
            expected.getFirst(), second.search(SearchRequest.of(queries, 0, K)).ids());
      }
    }
  }

  @Test
  void whatIsInMemoryNeedsNoRead() throws Exception {
    for (Residency residency : Residency.values()) {
      long pages = 0;
      try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
        for (int query = 0; query < QUERIES; query++) {
          SearchStats stats =
              index
                  .search(SearchRequest.builder(queries, query, K).searchListSize(40).build())
                  .stats();
          pages += stats.pageReads() + stats.cacheHits();
          assertTrue(stats.wastedReads() <= stats.pageReads());
          assertTrue(stats.computeNanos() > 0 && stats.waitNanos() >= 0);
        }
      }
      assertEquals(residency == Residency.ALL, pages == 0, residency + ", pages=" + pages);
    }
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void theSmallestBudgetNamedIsEnoughAndOneByteLessIsNot(Residency residency) throws Exception {
    OpenOptions options = options(residency).toBuilder().maxSearchers(3).build();
    long smallest =
        assertThrows(
                MemoryBudgetException.class,
                () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()))
            .smallestBudgetBytes();
    try (AnnIndex index =
        AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(smallest).build())) {
      long reserved = index.info().reservedBytes();
      assertTrue(reserved <= smallest);
      assertEquals(K, index.search(SearchRequest.of(queries, 0, K)).count());
    }
    assertEquals(
        smallest,
        assertThrows(
                MemoryBudgetException.class,
                () ->
                    AnnIndex.open(
                        directory, options.toBuilder().memoryBudgetBytes(smallest - 1).build()))
            .smallestBudgetBytes());
  }
}
