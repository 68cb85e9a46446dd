package com.omendb.diskann.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.synthetic.SyntheticOptions;
import com.omendb.datasets.synthetic.SyntheticVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.RecallScorer;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.stream.LongStream;

/// Small sets of vectors, indexes of them, and checks of what searches find.
public final class TestIndexes {
  private TestIndexes() {}

  /// Clustered vectors, as hard to search as real descriptors.
  public static VectorSource clustered(
      int count, int dimension, ElementType type, long seed, Arena arena) {
    return SyntheticVectors.generate(options(count, dimension, type, seed), arena);
  }

  /// Queries from the distribution of [#clustered] of the same arguments.
  public static VectorSource queries(
      int baseCount, int dimension, ElementType type, long seed, int queryCount, Arena arena) {
    return SyntheticVectors.generateQueries(
        options(baseCount, dimension, type, seed), queryCount, arena);
  }

  private static SyntheticOptions options(int count, int dimension, ElementType type, long seed) {
    return new SyntheticOptions(count, dimension, type, 16, 8, seed);
  }

  /// Options of a small and quick build of one kind on one thread.
  public static BuildOptions quickBuild(String kind, Metric metric) {
    return BuildOptions.builder()
        .kind(kind)
        .metric(metric)
        .maxDegree(24)
        .threads(1)
        .tuning(t -> t.buildListSize(40))
        .build();
  }

  /// Options that open a small index for one searcher.
  public static OpenOptions quickOpen() {
    return OpenOptions.builder()
        .memoryBudgetBytes(64L << 20)
        .maxSearchers(1)
        .tuning(t -> t.residency(Residency.PAGES))
        .build();
  }

  /// Builds an index and returns its directory.
  public static Path build(VectorSource vectors, Path directory, BuildOptions options)
      throws IOException {
    AnnIndex.build(vectors, directory, options, Progress.NONE);
    return directory;
  }

  /// The exact neighbours of every query.
  public static GroundTruth truth(VectorSource base, VectorSource queries, Metric metric, int k) {
    return GroundTruth.compute(base, queries, metric, k, 1, Progress.NONE);
  }

  /// Mean recall@k of all queries, against the exact neighbours among `base`.
  public static double recall(
      AnnIndex index, VectorSource base, VectorSource queries, int k, int searchListSize)
      throws IOException {
    GroundTruth truth = truth(base, queries, index.info().metric(), k);
    return recall(index, truth, queries, k, searchListSize);
  }

  /// Mean recall@k of all queries with candidate lists of one length.
  public static double recall(
      AnnIndex index, GroundTruth truth, VectorSource queries, int k, int searchListSize)
      throws IOException {
    RecallScorer scorer = new RecallScorer(truth, k);
    long hits = 0;
    for (long query = 0; query < queries.count(); query++) {
      SearchResult result =
          index.search(
              SearchRequest.builder(queries, query, k).searchListSize(searchListSize).build());
      hits += scorer.hits(query, result.ids(), result.distances());
    }
    return hits / (double) (k * queries.count());
  }

  /// Fails unless ids are distinct, in order, and have the distances of the definition.
  public static void assertExact(
      SearchResult result, Metric metric, VectorSource queries, long query, VectorSource base) {
    assertEquals(result.count(), LongStream.of(result.ids()).distinct().count());
    for (int rank = 0; rank < result.count(); rank++) {
      double expected = TestRows.distance(metric, queries, query, base, result.id(rank));
      assertEquals(expected, result.distance(rank), 1e-5 * (1 + Math.abs(expected)));
      if (rank > 0) {
        float before = result.distance(rank - 1);
        assertTrue(
            before < result.distance(rank)
                || (before == result.distance(rank) && result.id(rank - 1) < result.id(rank)));
      }
    }
  }
}
