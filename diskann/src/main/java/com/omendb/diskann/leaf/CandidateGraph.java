package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.GreedySearch;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.diskann.vamana.Workers;
import com.omendb.vectors.Progress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.IntPredicate;

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
  private final String name;
  private final Progress progress;

  CandidateGraph(
      NodeSpace space,
      Adjacency graph,
      Skeleton skeleton,
      VamanaOptions options,
      String name,
      Progress progress) {
    this.space = space;
    this.graph = graph;
    this.skeleton = skeleton;
    this.options = options;
    this.name = name;
    this.progress = progress;
  }

  /// Prunes the candidates of every node to its row.
  ///
  /// @param reverse takes the reverse edges
  void forward(CandidateBuckets candidates, CandidateBuckets reverse) {
    progress.phase(name + ", prune", space.count());
    withSinks(
        reverse, candidates.bucketCount(), 1, sink -> new Forward(candidates, sink)::runBuckets);
  }

  /// Prunes every row together with the reverse edges that lead to its node.
  void backward(CandidateBuckets reverse) {
    progress.phase(name + ", reverse edges", space.count());
    Workers.forEach(
        reverse.bucketCount(), 1, options.threads(), () -> new Backward(reverse)::runBuckets);
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

  private final class Forward {
    private final CandidateBuckets buckets;
    private final CandidateBuckets.Reader reader;
    private final ReverseEdges reverse;
    private final RowPruner rows;
    private final int[] candidates;

    Forward(CandidateBuckets buckets, CandidateSink sink) {
      this.buckets = buckets;
      this.reader = buckets.newReader();
      this.reverse = new ReverseEdges(sink);
      this.rows = new RowPruner(space, graph, skeleton, options, buckets.keep());
      this.candidates = new int[buckets.keep()];
    }

    void runBuckets(long from, long to) {
      for (int bucket = (int) from; bucket < to; bucket++) {
        reader.open(bucket);
        int end = buckets.endNode(bucket);
        for (int node = buckets.firstNode(bucket); node < end; node++) {
          rows.begin(node);
          rows.add(candidates, reader.read(node, candidates));
          rows.write();
          reverse.add(node, rows);
        }
        reader.release(bucket);
        progress.advance(end - buckets.firstNode(bucket));
      }
    }
  }

  private final class Backward {
    private final CandidateBuckets buckets;
    private final CandidateBuckets.Reader reader;
    private final RowPruner rows;
    private final int[] incoming;

    Backward(CandidateBuckets buckets) {
      this.buckets = buckets;
      this.reader = buckets.newReader();
      this.incoming = new int[buckets.keep()];
      this.rows =
          new RowPruner(space, graph, skeleton, options, buckets.keep() + options.maxDegree());
    }

    void runBuckets(long from, long to) {
      for (int bucket = (int) from; bucket < to; bucket++) {
        reader.open(bucket);
        int end = buckets.endNode(bucket);
        for (int node = buckets.firstNode(bucket); node < end; node++) {
          int count = reader.read(node, incoming);
          if (count > 0) {
            rows.begin(node);
            rows.addRow();
            rows.add(incoming, count);
            rows.write();
          }
        }
        reader.release(bucket);
        progress.advance(end - buckets.firstNode(bucket));
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
