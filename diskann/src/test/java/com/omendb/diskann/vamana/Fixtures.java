package com.omendb.diskann.vamana;

import com.omendb.datasets.synthetic.SyntheticOptions;
import com.omendb.datasets.synthetic.SyntheticVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.RecallScorer;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.parts.KindParts;
import com.omendb.pq.kinds.InstalledCodes;
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
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// Vectors, graphs, indexes and damage that the tests of this module share.
public final class Fixtures {
  /// The parts of indexes of a kind that adds none.
  public static final KindParts PARTS = new KindParts(InstalledCodes.KINDS, List.of());

  private Fixtures() {}

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

  /// Vectors with independent elements over much of the type's range, at an odd address and stride.
  public static VectorSource uniform(
      SplittableRandom random, int count, int dimension, ElementType type, Arena arena) {
    VectorSource source = TestRows.unaligned(count, dimension, type, arena);
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < dimension; column++) {
        // Never a zero vector, which has no cosine.
        TestRows.set(
            source, row, column, column == 0 ? random.nextInt(1, 128) : random.nextInt(-128, 128));
      }
    }
    return source;
  }

  /// A graph with these edges.
  public static VamanaGraph graph(int[][] rows, int maxDegree, int medoid, Arena arena) {
    Adjacency adjacency = new Adjacency(arena, rows.length, maxDegree, maxDegree + 1);
    for (int node = 0; node < rows.length; node++) {
      adjacency.lock(node);
      adjacency.set(node, rows[node], rows[node].length);
      adjacency.unlock(node);
    }
    return new VamanaGraph(adjacency, medoid, false);
  }

  /// The layout that stores row `rows[i]` as node i.
  public static NodeOrder order(int[] rows, Arena arena) {
    return new NodeOrder(arena.allocateFrom(NativeMemory.INT, rows), arena);
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

  /// Mean recall@k of all queries with candidate lists of one length.
  public static double recall(
      AnnIndex index, VectorSource base, VectorSource queries, int k, int searchListSize)
      throws IOException {
    GroundTruth truth =
        GroundTruth.compute(base, queries, index.info().metric(), k, 1, Progress.NONE);
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
}
