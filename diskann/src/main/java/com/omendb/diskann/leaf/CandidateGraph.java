package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.GreedySearch;
import com.omendb.diskann.vamana.NodeCopies;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.diskann.vamana.Workers;
import com.omendb.vectors.Progress;
import java.lang.foreign.Arena;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Turns candidate edges into the rows of a graph:
///
/// 1. forward: the candidates of each node are pruned to a row; of each edge that the prune chose,
///    the reverse becomes a candidate of its target;
/// 2. backward: row and reverse candidates are pruned again; places that stay free are filled.
///
/// In both, no row is written by two threads. A refinement adds what searches of the graph find.
final class CandidateGraph {
  private final NodeSpace space;
  private final Adjacency graph;
  private final Skeleton skeleton;
  private final VamanaOptions options;
  private final LeafScratch scratch;
  private final String name;
  private final Progress progress;

  CandidateGraph(
      NodeSpace space,
      Adjacency graph,
      Skeleton skeleton,
      VamanaOptions options,
      LeafScratch scratch,
      String name,
      Progress progress) {
    this.space = space;
    this.graph = graph;
    this.skeleton = skeleton;
    this.options = options;
    this.scratch = scratch;
    this.name = name;
    this.progress = progress;
  }

  /// Prunes the candidates of every node to its row.
  ///
  /// @param reverse takes the reverse edges
  void forward(CandidateBuckets candidates, CandidateBuckets reverse) {
    progress.phase(name + ", prune", space.count());
    try (Arena arena = Arena.ofShared()) {
      withSinks(
          reverse,
          candidates.bucketCount(),
          1,
          sink -> new Forward(candidates, sink, arena)::runBuckets);
    }
  }

  /// Prunes every row together with the reverse edges that lead to its node.
  void backward(CandidateBuckets reverse) {
    progress.phase(name + ", reverse edges", space.count());
    try (Arena arena = Arena.ofShared()) {
      Workers.forEach(
          reverse.bucketCount(),
          1,
          options.threads(),
          () -> new Backward(reverse, arena)::runBuckets);
    }
  }

  /// Prunes every row together with what a search from the medoid for its node expands, and offers
  /// the node to its new neighbours at once, as [VamanaBuilder] does. Two threads that change one
  /// row at a time may lose an edge.
  ///
  /// @param listSize L of the searches
  /// @param excluded nodes that are left as they are
  /// @param round how many times it is done with this one
  void refine(int medoid, int listSize, IntPredicate excluded, int round) {
    progress.phase(name + ", refine " + round, space.count());
    Workers.forEach(
        space.count(),
        options.threads(),
        () -> new Refinement(medoid, listSize, excluded)::runNodes);
  }

  // Null where the vectors are in memory.
  private @Nullable NodeCopies newCopies(int least, Arena arena) {
    if (scratch.copyBytes() == 0) {
      return null;
    }
    int capacity = Math.max(least, NodeCopies.capacity(space, scratch.copyBytes()));
    return new NodeCopies(space, capacity, arena);
  }

  private void withSinks(
      CandidateBuckets buckets,
      long count,
      long chunk,
      Function<CandidateSink, Workers.Body> newBody) {
    Queue<CandidateSink> sinks = new ConcurrentLinkedQueue<>();
    try {
      Workers.forEach(
          count,
          chunk,
          options.threads(),
          () -> {
            CandidateSink sink = buckets.newSink();
            sinks.add(sink);
            return newBody.apply(sink);
          });
    } finally {
      sinks.forEach(CandidateSink::close);
    }
  }

  /// Offers the reverse of the edges that were chosen for a row.
  private static final class ReverseEdges {
    private final CandidateSink sink;
    private final int[] source = new int[1];
    private final float[] distance = new float[1];

    ReverseEdges(CandidateSink sink) {
      this.sink = sink;
    }

    void add(int node, RowPruner rows) {
      source[0] = node;
      for (int i = 0; i < rows.chosenCount(); i++) {
        distance[0] = rows.chosenDistance(i);
        sink.add(rows.chosenNode(i), source, distance, 1);
      }
    }
  }

  /// Goes through buckets of candidates, bucket by bucket and node by node. Belongs to one thread.
  ///
  /// Where the vectors lie in a file larger than memory it goes through the nodes in runs: what the
  /// rows of a run need is copied first, in the order of the file.
  private abstract class Pass {
    final RowPruner rows;
    private final CandidateBuckets buckets;
    private final CandidateBuckets.Reader reader;
    private final int[] candidates;
    private final @Nullable NodeCopies copies;

    /// @param mostCandidates of a node
    /// @param arena holds copies of vectors
    Pass(CandidateBuckets buckets, int mostCandidates, Arena arena) {
      this.buckets = buckets;
      this.reader = buckets.newReader();
      this.candidates = new int[buckets.keep()];
      this.copies = newCopies(mostCandidates + 1, arena);
      this.rows = new RowPruner(space, copies, graph, skeleton, options, mostCandidates);
    }

    /// Begins the row of a node with the candidates that were read for it.
    abstract void begin(int node, int[] read, int count);

    /// Writes the row.
    abstract void write(int node);

    void runBuckets(long from, long to) {
      for (int bucket = (int) from; bucket < to; bucket++) {
        reader.open(bucket);
        int end = buckets.endNode(bucket);
        for (int node = buckets.firstNode(bucket); node < end; ) {
          int runEnd = copies == null ? end : copyRun(copies, node, end);
          for (; node < runEnd; node++) {
            read(node);
            write(node);
          }
        }
        reader.release(bucket);
        progress.advance(end - buckets.firstNode(bucket));
      }
    }

    private void read(int node) {
      begin(node, candidates, reader.read(node, candidates));
    }

    // Copies what as many nodes need as there is room for; returns the node after them.
    private int copyRun(NodeCopies target, int from, int end) {
      target.clear();
      int node = from;
      do {
        read(node);
      } while (rows.wantCopies(target) && ++node < end);
      target.load();
      return node;
    }
  }

  private final class Forward extends Pass {
    private final ReverseEdges reverse;

    Forward(CandidateBuckets buckets, CandidateSink sink, Arena arena) {
      super(buckets, buckets.keep(), arena);
      this.reverse = new ReverseEdges(sink);
    }

    @Override
    void begin(int node, int[] read, int count) {
      rows.begin(node);
      rows.add(read, count);
    }

    @Override
    void write(int node) {
      rows.write();
      reverse.add(node, rows);
    }
  }

  private final class Backward extends Pass {
    private boolean changes;

    Backward(CandidateBuckets buckets, Arena arena) {
      super(buckets, buckets.keep() + options.maxDegree(), arena);
    }

    @Override
    void begin(int node, int[] read, int count) {
      rows.begin(node);
      changes = count > 0;
      if (changes) {
        rows.addRow();
        rows.add(read, count);
      }
    }

    @Override
    void write(int node) {
      if (changes) {
        rows.write();
      }
    }
  }

  private final class Refinement {
    private final int medoid;
    private final int listSize;
    private final IntPredicate excluded;
    private final GreedySearch search;
    private final RowPruner rows;
    private final RowPruner neighbourRows;
    private final int[] expanded;
    private final int[] added = new int[1];

    Refinement(int medoid, int listSize, IntPredicate excluded) {
      this.medoid = medoid;
      this.listSize = listSize;
      this.excluded = excluded;
      this.search = new GreedySearch(space, graph, listSize);
      this.expanded = new int[listSize * 2];
      this.rows =
          new RowPruner(space, graph, skeleton, options, expanded.length + options.maxDegree());
      this.neighbourRows = new RowPruner(space, graph, skeleton, options, options.maxDegree() + 1);
    }

    void runNodes(long from, long to) {
      for (int node = (int) from; node < to; node++) {
        if (!excluded.test(node)) {
          refine(node);
        }
      }
      progress.advance(to - from);
    }

    private void refine(int node) {
      search.search(node, medoid, listSize);
      int count = Math.min(search.expandedCount(), expanded.length);
      // The last ones expanded are the nearest.
      int skipped = search.expandedCount() - count;
      for (int i = 0; i < count; i++) {
        expanded[i] = search.expandedNode(skipped + i);
      }
      rows.begin(node);
      rows.addRow();
      rows.add(expanded, count);
      rows.write();
      for (int i = 0; i < rows.chosenCount(); i++) {
        offer(rows.chosenNode(i), node);
      }
    }

    private void offer(int node, int neighbour) {
      if (!graph.contains(node, neighbour)) {
        added[0] = neighbour;
        neighbourRows.begin(node);
        neighbourRows.addRow();
        neighbourRows.add(added, 1);
        neighbourRows.write();
      }
    }
  }
}
