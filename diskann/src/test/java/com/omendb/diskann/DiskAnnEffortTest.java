package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.vamana.Fixtures;
import com.omendb.store.AnnIndex;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
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
    base = Fixtures.clustered(COUNT, 64, ElementType.UINT8, 215, ARENA);
    queries = Fixtures.queries(COUNT, 64, ElementType.UINT8, 215, QUERIES, ARENA);
    Fixtures.build(base, directory, Fixtures.quickBuild("diskann", Metric.SQUARED_L2));
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private static AnnIndex open(Residency residency) throws IOException {
    return AnnIndex.open(directory, Fixtures.quickOpen().withResidency(residency));
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
                  SearchRequest.of(queries, query, K)
                      .withGainThreshold(threshold)
                      .withMaxPageReads(COUNT));
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
          SearchRequest request =
              SearchRequest.of(queries, query, 1 + query % 3)
                  .withSearchListSize(300)
                  .withGainThreshold(0f)
                  .withBeamWidth(query % 2 == 0 ? 0 : 1 + query % SearchRequest.MAX_BEAM_WIDTH)
                  .withMaxPageReads(maxPages);
          SearchResult result = index.search(request);
          assertTrue(pages(result) <= maxPages, "pages=" + pages(result) + " of " + maxPages);
          assertEquals(request.k(), result.count());
          bound += pages(result) == maxPages ? 1 : 0;
        }
      }
      assertTrue(bound > 4 * QUERIES, "bound=" + bound);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void tooFewPagesForKAreExceededByNoMoreThanItTakes(Residency residency) throws Exception {
    try (AnnIndex index = open(residency)) {
      int pageCount = Integer.parseInt(index.info().settings().getOrDefault("pageCount", ""));
      for (int k : new int[] {40, 100, 400}) {
        // Pages are not equally full, and the last few read may hold more than was missing.
        int needed = Math.ceilDiv(k * pageCount, COUNT);
        for (int query = 0; query < 10; query++) {
          SearchResult result =
              index.search(SearchRequest.of(queries, query, k).withMaxPageReads(1));
          assertEquals(k, result.count());
          assertEquals(k, LongStream.of(result.ids()).distinct().count());
          assertTrue(
              pages(result) <= needed * 3 / 2 + 2, "pages=" + pages(result) + " of " + needed);
        }
      }
      SearchResult all = index.search(SearchRequest.of(queries, 0, COUNT).withMaxPageReads(1));
      assertArrayEquals(
          LongStream.range(0, COUNT).toArray(), LongStream.of(all.ids()).sorted().toArray());
    }
  }
}
