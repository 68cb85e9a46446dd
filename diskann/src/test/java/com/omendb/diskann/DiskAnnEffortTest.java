package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.Residency;
import com.omendb.store.SearchEnd;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchTuning;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The knobs that bound what a search reads. Invariants, wherever the graph lies: a lower gain
/// threshold reads no fewer pages and finds no less; no search asks for more pages than it may,
/// unless they hold fewer than k vectors, and then for few more.
class DiskAnnEffortTest {
  private static final int COUNT = 2_500;
  private static final int QUERIES = 50;
  private static final int K = 10;

  @TempDir static Path directory;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource queries = base;

  @BeforeAll
  static void build() throws IOException {
    base = TestIndexes.clustered(COUNT, 64, ElementType.UINT8, 215, ARENA);
    queries = TestIndexes.queries(COUNT, 64, ElementType.UINT8, 215, QUERIES, ARENA);
    TestIndexes.build(base, directory, TestIndexes.quickBuild("diskann", Metric.SQUARED_L2));
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private static AnnIndex open(Residency residency) throws IOException {
    return AnnIndex.open(
        directory, TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build());
  }

  private static int pages(SearchResult result) {
    return result.stats().pageReads() + result.stats().cacheHits();
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void aLowerGainThresholdReadsMoreAndFindsNoLess(Residency residency) throws Exception {
    try (AnnIndex index = open(residency)) {
      int fewest = 0;
      double farthest = Double.POSITIVE_INFINITY;
      for (float threshold : new float[] {1f, 0.7f, 0.4f, 0.2f, 0.1f, 0.03f, 0.01f}) {
        int pages = 0;
        double distances = 0;
        for (int query = 0; query < QUERIES; query++) {
          SearchResult result =
              index.search(
                  SearchRequest.builder(queries, query, K)
                      .maxPageReads(COUNT)
                      .tuning(t -> t.gainThreshold(threshold))
                      .build());
          pages += pages(result);
          for (float distance : result.distances()) {
            distances += distance;
          }
        }
        // A page read earlier may lead elsewhere, but hardly so in the mean.
        assertTrue(pages >= 0.98 * fewest, "threshold=" + threshold + ", pages=" + pages);
        assertTrue(distances <= 1.005 * farthest, "threshold=" + threshold);
        fewest = pages;
        farthest = distances;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void noMorePagesAreAskedForThanMayBe(Residency residency) throws Exception {
    try (AnnIndex index = open(residency)) {
      int bound = 0;
      for (int maxPages : new int[] {2, 3, 5, 9, 20}) {
        for (int query = 0; query < QUERIES; query++) {
          SearchTuning.Builder tuning = SearchTuning.builder().gainThreshold(0);
          if (query % 2 == 1) {
            tuning.beamWidth(1 + query % SearchTuning.MAX_BEAM_WIDTH);
          }
          SearchRequest request =
              SearchRequest.builder(queries, query, 1 + query % 3)
                  .searchListSize(300)
                  .maxPageReads(maxPages)
                  .tuning(tuning.build())
                  .build();
          SearchResult result = index.search(request);
          assertTrue(pages(result) <= maxPages, "pages=" + pages(result) + " of " + maxPages);
          assertTrue(
              result.count() == request.k() || result.stats().end() == SearchEnd.PAGE_LIMIT,
              () -> "count=" + result.count() + ", " + result.stats());
          bound += result.stats().end() == SearchEnd.PAGE_LIMIT ? 1 : 0;
        }
      }
      assertTrue(bound > 4 * QUERIES, "bound=" + bound);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void aBoundOnPagesIsHardAndWithoutOneKAreFound(Residency residency) throws Exception {
    try (AnnIndex index = open(residency)) {
      for (int k : new int[] {40, 100, 400}) {
        for (int query = 0; query < 10; query++) {
          SearchResult bounded =
              index.search(SearchRequest.builder(queries, query, k).maxPageReads(1).build());
          assertTrue(pages(bounded) <= 1, () -> "pages=" + pages(bounded));
          assertEquals(SearchEnd.PAGE_LIMIT, bounded.stats().end());
          SearchResult result =
              index.search(
                  SearchRequest.builder(queries, query, k).tuning(t -> t.gainThreshold(1)).build());
          assertEquals(k, result.count());
          assertEquals(k, LongStream.of(result.ids()).distinct().count());
        }
      }
      SearchResult all = index.search(SearchRequest.of(queries, 0, COUNT));
      assertArrayEquals(
          LongStream.range(0, COUNT).toArray(), LongStream.of(all.ids()).sorted().toArray());
    }
  }
}
