package com.omendb.diskann.leaf;

import static java.util.Objects.requireNonNull;

import com.omendb.diskann.leaf.ProbeQueries.Kind;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/// Measures a graph while it is built by what a query of the index would find: the recall of
/// [ProbeQueries] in the edges that searches in memory follow.
public final class GraphProbe {
  /// The list of a search in memory with searchListSize 10; shorter in graphs of which that would
  /// be a large part.
  private static final int SHORT_LIST = 50;

  private static final int MIN_LIST = 15;
  private static final int NODES_PER_PLACE = 20;

  /// The list of a search in memory with the default searchListSize.
  private static final int LONG_LIST = 140;

  private static final int QUERIES = 256;

  // Of a large graph half as many: their neighbours are searched for exhaustively.
  private static final int LARGE = 100_000;

  private static final int MAX_ENTRIES = 32;
  private static final int NODES_PER_ENTRY = 128;
  private static final int NEAR_RESULTS = 20;
  private static final long SEED_OF_ENTRIES = 0xE27;

  private final NodeSpace space;
  private final int threads;
  private final int[] entries;
  private final int shortList;
  private final ProbeQueries queries;

  /// Makes queries and finds out their true neighbours.
  ///
  /// @param graph gives neighbours for queries between nodes
  /// @param excluded nodes that searches cannot find yet
  /// @param arena holds the queries
  GraphProbe(
      NodeSpace space,
      VamanaGraph graph,
      IntPredicate excluded,
      VamanaOptions options,
      Arena arena) {
    this.space = space;
    this.threads = options.threads();
    this.shortList = Math.clamp(space.count() / NODES_PER_PLACE, MIN_LIST, SHORT_LIST);
    this.entries = entries(space, graph.medoid(), excluded, options.seed());
    this.queries =
        ProbeQueries.of(
            space,
            space.count() > LARGE ? QUERIES / 2 : QUERIES,
            excluded,
            neighbours(graph),
            threads,
            options.seed(),
            arena);
  }

  /// What was measured.
  ///
  /// @param queries that were searched for
  /// @param shortRecall recall@10 of searches with searchListSize 10, for queries that are like the
  ///   vectors: all but [Kind#MIXED]
  /// @param recall the same of searches with the default searchListSize
  /// @param mixedRecall the same for [Kind#MIXED]
  /// @param lost queries of which the former found no true neighbour
  /// @param weakest the kind of queries with the least recall, and that
  public record Measure(
      int queries,
      double shortRecall,
      double recall,
      double mixedRecall,
      int lost,
      String weakest) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "recall@10 %.3f at searchListSize 10, %.3f at the default; weakest: %s; without any true"
              + " neighbour: %d of %d queries",
          shortRecall,
          recall,
          weakest,
          lost,
          queries);
    }
  }

  /// Measures a finished graph.
  public static Measure measure(NodeSpace space, VamanaGraph graph, VamanaOptions options) {
    try (Arena arena = Arena.ofShared()) {
      return new GraphProbe(space, graph, _ -> false, options, arena).measure(graph);
    }
  }

  Measure measure(VamanaGraph graph) {
    LongAdder foundShort = new LongAdder();
    LongAdder lost = new LongAdder();
    Map<Kind, LongAdder> found = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      found.put(kind, new LongAdder());
    }
    forEachQuery(
        (search, query) -> {
          int hits = hits(search.search(graph, queries.address(query), shortList), query);
          if (queries.kind(query) != Kind.MIXED) {
            foundShort.add(hits);
          }
          lost.add(hits == 0 ? 1 : 0);
          requireNonNull(found.get(queries.kind(query)))
              .add(hits(search.search(graph, queries.address(query), LONG_LIST), query));
        });
    double perKind = (double) queries.count() * queries.known() / found.size();
    int likeVectors = found.size() - 1;
    double recall = 0;
    double mixed = 0;
    double least = Double.POSITIVE_INFINITY;
    String weakest = "";
    for (Map.Entry<Kind, LongAdder> kind : found.entrySet()) {
      double ofKind = kind.getValue().sum() / perKind;
      if (kind.getKey() == Kind.MIXED) {
        mixed = ofKind;
      } else {
        recall += ofKind / likeVectors;
      }
      if (ofKind < least) {
        least = ofKind;
        weakest = String.format(Locale.ROOT, "%s %.3f", kind.getKey().label(), ofKind);
      }
    }
    return new Measure(
        queries.count(),
        foundShort.sum() / (perKind * likeVectors),
        recall,
        mixed,
        lost.intValue(),
        weakest);
  }

  /// The nodes around the queries: their true neighbours and what searches find, in ascending
  /// order.
  int[] surroundings(VamanaGraph graph) {
    int perQuery = queries.known() + NEAR_RESULTS;
    int[] nodes = new int[queries.count() * perQuery];
    Arrays.fill(nodes, -1);
    forEachQuery(
        (search, query) -> {
          int at = query * perQuery;
          for (int rank = 0; rank < queries.known(); rank++) {
            nodes[at++] = queries.trueNode(query, rank);
          }
          CandidateList results = search.search(graph, queries.address(query), shortList);
          for (int i = 0; i < Math.min(NEAR_RESULTS, results.size()); i++) {
            nodes[at++] = results.node(i);
          }
        });
    return Arrays.stream(nodes).filter(node -> node >= 0).sorted().distinct().toArray();
  }

  private interface QueryAction {
    void run(ProbeSearch search, int query);
  }

  private void forEachQuery(QueryAction action) {
    Workers.forEach(
        queries.count(),
        1,
        threads,
        () -> {
          ProbeSearch search = new ProbeSearch(space, entries);
          return (from, to) -> {
            for (int query = (int) from; query < to; query++) {
              action.run(search, query);
            }
          };
        });
  }

  private int hits(CandidateList results, int query) {
    int hits = 0;
    while (hits < Math.min(queries.known(), results.size())
        && results.distance(hits) <= queries.bound(query)) {
      hits++;
    }
    return hits;
  }

  private static int[] entries(NodeSpace space, int medoid, IntPredicate excluded, long seed) {
    RandomOrder order = new RandomOrder(space.count(), seed ^ SEED_OF_ENTRIES);
    int[] entries = new int[Math.clamp(space.count() / NODES_PER_ENTRY, 1, MAX_ENTRIES)];
    int size = 0;
    entries[size++] = medoid;
    for (int i = 0; i < space.count() && size < entries.length; i++) {
      int node = (int) order.at(i);
      if (!excluded.test(node)) {
        entries[size++] = node;
      }
    }
    return Arrays.copyOf(entries, size);
  }

  private static IntUnaryOperator neighbours(VamanaGraph graph) {
    Adjacency rows = graph.adjacency();
    int[] row = new int[rows.slots()];
    return node -> rows.copy(node, row) == 0 ? node : row[0];
  }
}
