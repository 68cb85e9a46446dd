package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchEnd;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.serving.Accept;
import com.omendb.store.serving.ServedIndex;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Searches among some nodes, through pages, over each graph in memory, and in memory. Invariants,
/// against brute force: no other node is an answer; as many are found as wanted or as there are; a
/// bound on pages and a timeout hold, and the result says why the search ended.
class FilteredSearchTest {
  private static final int COUNT = 3_000;
  private static final int DIMENSION = 16;
  private static final int QUERIES = 12;
  private static final int K = 10;
  private static final Arena ARENA = Arena.ofShared();

  @TempDir static Path directory;
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource queries = base;

  @BeforeAll
  static void build() throws IOException {
    long seed = Seeds.seed("FilteredSearchTest", 88);
    base = TestIndexes.clustered(COUNT, DIMENSION, ElementType.FLOAT32, seed, ARENA);
    queries = TestIndexes.queries(COUNT, DIMENSION, ElementType.FLOAT32, seed, QUERIES, ARENA);
    TestIndexes.build(
        base,
        directory.resolve("index"),
        TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
            .maxDegree(16)
            .tuning(t -> t.buildListSize(32))
            .build());
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  /// Some nodes of the index.
  private record Nodes(BitSet set) implements Accept {
    static Nodes random(SplittableRandom random, int count) {
      BitSet set = new BitSet(COUNT);
      while (set.cardinality() < count) {
        set.set(random.nextInt(COUNT));
      }
      return new Nodes(set);
    }

    @Override
    public boolean node(int node) {
      return set.get(node);
    }

    @Override
    public int count() {
      return set.cardinality();
    }
  }

  private static ServedIndex open(Residency residency) throws IOException {
    AnnIndex index =
        AnnIndex.open(
            directory.resolve("index"),
            OpenOptions.builder()
                .memoryBudgetBytes(64 << 20)
                .maxSearchers(1)
                .tuning(t -> t.residency(residency).directIo(false))
                .build());
    return (ServedIndex) index;
  }

  // Which id each node has: found by asking for one node at a time.
  private static Map<Long, Integer> nodesById(ServedIndex index) throws IOException {
    Map<Long, Integer> nodes = new HashMap<>();
    for (int node = 0; node < COUNT; node++) {
      BitSet one = new BitSet();
      one.set(node);
      SearchResult result = index.search(SearchRequest.of(queries, 0, 1), new Nodes(one));
      assertEquals(1, result.count(), "node=" + node);
      nodes.put(result.id(0), node);
    }
    return nodes;
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH", "ALL"})
  void asManyAreFoundAsAreWantedOrMayBe(Residency residency) throws IOException {
    SplittableRandom random = Seeds.random("asManyAreFoundAsAreWantedOrMayBe", 89);
    try (ServedIndex index = open(residency)) {
      Map<Long, Integer> nodes = nodesById(index);
      assertEquals(COUNT, nodes.size());
      for (int passing : new int[] {0, 1, K - 1, K, 2 * K, 40, 300, COUNT / 2, COUNT}) {
        Nodes accept = Nodes.random(random, passing);
        double recall = 0;
        for (int query = 0; query < QUERIES; query++) {
          SearchResult result = index.search(SearchRequest.of(queries, query, K), accept);
          assertEquals(Math.min(K, passing), result.count(), "passing=" + passing);
          for (long id : result.ids()) {
            assertTrue(accept.node(nodes.getOrDefault(id, -1)), "id=" + id);
          }
          if (passing < K) {
            assertEquals(SearchEnd.EXHAUSTED, result.stats().end());
          }
          recall += recall(result, query, accept, nodes);
        }
        double floor = passing <= 2 * K ? 1 : 0.85;
        assertTrue(
            passing == 0 || recall >= floor * QUERIES,
            "passing=" + passing + ", recall=" + recall / QUERIES);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void aBoundOnPagesHoldsAndIsSaid(Residency residency) throws IOException {
    SplittableRandom random = Seeds.random("aBoundOnPagesHoldsAndIsSaid", 90);
    try (ServedIndex index = open(residency)) {
      for (int bound : new int[] {1, 2, 5}) {
        Nodes accept = Nodes.random(random, 60);
        SearchResult result =
            index.search(SearchRequest.builder(queries, 0, 50).maxPageReads(bound).build(), accept);
        assertTrue(result.stats().pageReads() + result.stats().cacheHits() <= bound);
        assertEquals(SearchEnd.PAGE_LIMIT, result.stats().end());
        assertTrue(result.count() < 50);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH", "ALL"})
  void aSearchWhoseTimeIsOverEndsAndSaysSo(Residency residency) throws IOException {
    try (ServedIndex index = open(residency)) {
      SearchResult late =
          index.search(SearchRequest.builder(queries, 0, K).timeout(Duration.ofNanos(1)).build());
      assertEquals(SearchEnd.TIMEOUT, late.stats().end());
      assertEquals(0, late.stats().pageReads());
      SearchResult whole =
          index.search(SearchRequest.builder(queries, 0, K).timeout(Duration.ofHours(1)).build());
      assertEquals(K, whole.count());
      assertTrue(whole.stats().end() != SearchEnd.TIMEOUT);
    }
  }

  private static double recall(
      SearchResult result, int query, Nodes accept, Map<Long, Integer> nodes) {
    double[] distances =
        IntStream.range(0, COUNT)
            .filter(row -> accept.node(nodes.getOrDefault((long) row, -1)))
            .mapToDouble(row -> TestRows.distance(Metric.SQUARED_L2, queries, query, base, row))
            .sorted()
            .toArray();
    int wanted = Math.min(K, distances.length);
    if (wanted == 0) {
      return 1;
    }
    double bound = distances[wanted - 1] * (1 + 1e-5);
    long hits =
        Arrays.stream(result.ids())
            .filter(id -> TestRows.distance(Metric.SQUARED_L2, queries, query, base, id) <= bound)
            .count();
    return (double) hits / wanted;
  }
}
