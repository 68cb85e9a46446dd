package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.diskann.vamana.Workers;
import com.omendb.vectors.Progress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Turns candidate edges into the rows of a graph:
///
/// 1. forward: the candidates of each node are pruned to a row; of each edge that the prune chose,
///    the reverse becomes a candidate of its target;
/// 2. backward: row and reverse candidates are pruned again; places that stay free are filled.
///
/// Threads share buckets out among themselves and write no row of another's, so there are no locks.
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
    Queue<CandidateSink> sinks = new ConcurrentLinkedQueue<>();
    try {
      Workers.forEach(
          candidates.bucketCount(),
          1,
          options.threads(),
          () -> {
            CandidateSink sink = reverse.newSink();
            sinks.add(sink);
            Forward worker = new Forward(candidates, sink);
            return (from, to) -> {
              for (int bucket = (int) from; bucket < to; bucket++) {
                worker.run(bucket);
              }
            };
          });
    } finally {
      sinks.forEach(CandidateSink::close);
    }
  }

  /// Prunes every row together with the reverse edges that lead to its node.
  void backward(CandidateBuckets reverse) {
    progress.phase(name + ", reverse edges", space.count());
    Workers.forEach(
        reverse.bucketCount(),
        1,
        options.threads(),
        () -> {
          Backward worker = new Backward(reverse);
          return (from, to) -> {
            for (int bucket = (int) from; bucket < to; bucket++) {
              worker.run(bucket);
            }
          };
        });
  }

  private void set(int node, int[] row, int count) {
    graph.lock(node);
    graph.set(node, row, count);
    graph.unlock(node);
  }

  private final class Forward {
    private final CandidateBuckets buckets;
    private final CandidateBuckets.Reader reader;
    private final CandidateSink reverse;
    private final RobustPrune prune = new RobustPrune(space, options.maxDegree());
    private final int[] candidates;
    private final int[] row = new int[options.maxDegree()];
    private final int[] source = new int[1];
    private final float[] distance = new float[1];

    Forward(CandidateBuckets buckets, CandidateSink reverse) {
      this.buckets = buckets;
      this.reader = buckets.newReader();
      this.reverse = reverse;
      this.candidates = new int[buckets.keep()];
    }

    void run(int bucket) {
      reader.open(bucket);
      int end = buckets.endNode(bucket);
      for (int node = buckets.firstNode(bucket); node < end; node++) {
        int count = reader.read(node, candidates);
        int degree =
            prune.pruneDistinct(
                node, candidates, count, options.alpha(), true, options.maxDegree(), row);
        set(node, row, degree);
        addReverse(node, prune.chosenInRounds());
      }
      reader.release(bucket);
      progress.advance(end - buckets.firstNode(bucket));
    }

    private void addReverse(int node, int count) {
      source[0] = node;
      for (int i = 0; i < count; i++) {
        distance[0] = prune.resultDistances()[i];
        reverse.add(row[i], source, distance, 1);
      }
    }
  }

  private final class Backward {
    private final CandidateBuckets buckets;
    private final CandidateBuckets.Reader reader;
    private final RobustPrune prune = new RobustPrune(space, options.maxDegree());
    private final NodeSet seen;
    private final int[] incoming;
    private final int[] row = new int[graph.slots()];
    private final int[] candidates;
    private final int[] chosen = new int[options.maxDegree()];
    private final int[] kept;
    private int candidateCount;

    Backward(CandidateBuckets buckets) {
      this.buckets = buckets;
      this.reader = buckets.newReader();
      this.incoming = new int[buckets.keep()];
      this.candidates = new int[buckets.keep() + graph.slots()];
      this.seen = new NodeSet(candidates.length);
      this.kept = new int[skeleton.maxDegree()];
    }

    void run(int bucket) {
      reader.open(bucket);
      int end = buckets.endNode(bucket);
      for (int node = buckets.firstNode(bucket); node < end; node++) {
        update(node);
      }
      reader.release(bucket);
      progress.advance(end - buckets.firstNode(bucket));
    }

    // A row is what the prune chose, then the skeleton's edges, then fill: who needs a place later
    // takes the last.
    private void update(int node) {
      int keptCount = skeleton.copy(node, kept);
      seen.clear();
      for (int i = 0; i < keptCount; i++) {
        seen.add(kept[i]);
      }
      candidateCount = 0;
      addUnseen(row, graph.copy(node, row));
      addUnseen(incoming, reader.read(node, incoming));
      int limit = options.maxDegree() - keptCount;
      int count =
          prune.pruneDistinct(
              node, candidates, candidateCount, options.alpha(), true, limit, chosen);
      int firstFill = prune.chosenInRounds();
      System.arraycopy(chosen, 0, row, 0, firstFill);
      System.arraycopy(kept, 0, row, firstFill, keptCount);
      System.arraycopy(chosen, firstFill, row, firstFill + keptCount, count - firstFill);
      set(node, row, count + keptCount);
    }

    private void addUnseen(int[] nodes, int count) {
      for (int i = 0; i < count; i++) {
        if (seen.add(nodes[i])) {
          candidates[candidateCount++] = nodes[i];
        }
      }
    }
  }
}
