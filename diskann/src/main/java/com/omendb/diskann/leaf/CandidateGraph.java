package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeCopies;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
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
  private final VamanaOptions options;
  private final LeafScratch scratch;
  private final String name;
  private final Progress progress;

  CandidateGraph(
      NodeSpace space,
      Adjacency graph,
      VamanaOptions options,
      LeafScratch scratch,
      String name,
      Progress progress) {
    this.space = space;
    this.graph = graph;
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

  /// Prunes every row together with the reverse edges that lead to its node, and adds long edges.
  void backward(CandidateBuckets reverse, Skeleton skeleton) {
    progress.phase(name + ", reverse edges", space.count());
    try (Arena arena = Arena.ofShared()) {
      Workers.forEach(
          reverse.bucketCount(),
          1,
          options.threads(),
          () -> new Backward(reverse, skeleton, arena)::runBuckets);
    }
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

    /// @param skeleton gives edges that stay
    /// @param mostCandidates of a node
    /// @param arena holds copies of vectors
    Pass(CandidateBuckets buckets, Skeleton skeleton, int mostCandidates, Arena arena) {
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
      super(buckets, Skeleton.none(), buckets.keep(), arena);
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
    private final LongEdges longEdges;
    private final Skeleton skeleton;

    Backward(CandidateBuckets buckets, Skeleton skeleton, Arena arena) {
      super(buckets, skeleton, buckets.keep() + options.maxDegree() + LongEdges.most(), arena);
      this.skeleton = skeleton;
      this.longEdges = new LongEdges(space, skeleton);
    }

    @Override
    void begin(int node, int[] read, int count) {
      rows.begin(node);
      rows.addRow();
      rows.add(read, count);
      if (skeleton.coversClusters()) {
        rows.add(longEdges.found(), longEdges.find(node));
      }
    }

    @Override
    void write(int node) {
      rows.write();
    }
  }
}
