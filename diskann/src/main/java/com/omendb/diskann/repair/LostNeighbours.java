package com.omendb.diskann.repair;

import com.omendb.diskann.format.NeighbourCodec;
import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.vectors.Progress;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Gives the nodes that are left other edges for those that led to lost nodes.
///
/// What a lost node led to, its neighbours lead to directly, as when nodes are deleted (Singh et
/// al., "FreshDiskANN", 2021, Algorithm 4): the candidates of a node are the neighbours that it
/// still has, and those of each that it lost, pruned by RobustPrune. The neighbours of a lost node
/// are not in its record, which is gone, but among the nodes that have an edge to it, and in the
/// thin graph if that is whole.
final class LostNeighbours {
  // Of the nodes with an edge to a lost one, this many are enough.
  private static final int MAX_REFERRERS = 32;

  private final NodeSpace space;
  private final Adjacency graph;
  private final RowNumbers numbers;
  private final @Nullable NeighbourLists thinGraph;
  private final float alpha;
  private final Adjacency referrers;

  private LostNeighbours(
      NodeSpace space,
      Adjacency graph,
      RowNumbers numbers,
      @Nullable NeighbourLists thinGraph,
      float alpha,
      Arena arena) {
    this.space = space;
    this.graph = graph;
    this.numbers = numbers;
    this.thinGraph = thinGraph;
    this.alpha = alpha;
    this.referrers = new Adjacency(arena, numbers.lostCount(), MAX_REFERRERS, MAX_REFERRERS);
  }

  /// Turns a graph whose rows hold nodes of the damaged index into one whose rows hold rows.
  ///
  /// @param rowCount rows to turn, the first of the graph
  /// @param thinGraph of the damaged index, or null if it is lost
  /// @param scratch for what is not needed afterwards
  /// @return rows that had lost a neighbour
  static long mend(
      NodeSpace space,
      Adjacency graph,
      int rowCount,
      RowNumbers numbers,
      @Nullable NeighbourLists thinGraph,
      float alpha,
      int threads,
      Progress progress,
      Arena scratch) {
    LostNeighbours lost = new LostNeighbours(space, graph, numbers, thinGraph, alpha, scratch);
    if (numbers.lostCount() > 0) {
      progress.phase("find lost edges", rowCount);
      Workers.forEach(rowCount, threads, () -> lost.new Finder(progress)::run);
    }
    progress.phase("mend edges", rowCount);
    LongAdder mended = new LongAdder();
    Workers.forEach(
        rowCount,
        threads,
        () -> {
          Mender mender = lost.new Mender();
          return (from, to) -> {
            for (long row = from; row < to; row++) {
              mended.add(mender.mend((int) row) ? 1 : 0);
            }
            progress.advance(to - from);
          };
        });
    return mended.sum();
  }

  /// Notes for each lost node some that have an edge to it.
  private final class Finder {
    private final Progress progress;
    private final int[] nodes = new int[graph.slots()];

    Finder(Progress progress) {
      this.progress = progress;
    }

    void run(long from, long to) {
      for (long row = from; row < to; row++) {
        int degree = graph.copy((int) row, nodes);
        for (int i = 0; i < degree; i++) {
          int number = numbers.number(nodes[i]);
          if (number < 0) {
            note(-1 - number, (int) row);
          }
        }
      }
      progress.advance(to - from);
    }

    private void note(int lostPlace, int row) {
      if (referrers.degree(lostPlace) == MAX_REFERRERS) {
        return;
      }
      referrers.lock(lostPlace);
      try {
        referrers.append(lostPlace, row);
      } finally {
        referrers.unlock(lostPlace);
      }
    }
  }

  /// Mends rows on one thread. A row is read and written by itself alone.
  private final class Mender {
    private final RobustPrune prune = new RobustPrune(space, graph.maxDegree());
    private final int[] nodes = new int[graph.slots()];
    private final int[] near = new int[NeighbourCodec.MAX_DEGREE];
    private final int[] chosen = new int[graph.maxDegree()];
    private int[] candidates = new int[4096];
    private float[] distances = new float[4096];

    /// Whether the row had lost a neighbour.
    boolean mend(int row) {
      int degree = graph.copy(row, nodes);
      int count = 0;
      int kept = 0;
      for (int i = 0; i < degree; i++) {
        int number = numbers.number(nodes[i]);
        if (number >= 0 && number != row) {
          count = add(number, count);
          kept++;
        }
      }
      if (kept < degree) {
        for (int i = 0; i < degree; i++) {
          int number = numbers.number(nodes[i]);
          count = number < 0 ? addNeighboursOf(-1 - number, count) : count;
        }
        count = choose(row, count);
      }
      graph.lock(row);
      graph.set(row, candidates, count);
      graph.unlock(row);
      return kept < degree;
    }

    private int addNeighboursOf(int lostPlace, int before) {
      int count = before;
      int referring = referrers.copy(lostPlace, near);
      for (int i = 0; i < referring; i++) {
        count = add(near[i], count);
      }
      if (thinGraph != null) {
        int degree = thinGraph.copy(numbers.lostNode(lostPlace), near);
        for (int i = 0; i < degree; i++) {
          int number = numbers.number(near[i]);
          count = number >= 0 ? add(number, count) : count;
        }
      }
      return count;
    }

    private int add(int candidate, int count) {
      if (count == candidates.length) {
        candidates = Arrays.copyOf(candidates, 2 * count);
        distances = new float[candidates.length];
      }
      candidates[count] = candidate;
      return count + 1;
    }

    // Prunes the candidates to the row's new neighbours, in their place.
    private int choose(int row, int count) {
      space.distances(row, candidates, count, distances);
      prune.clear();
      for (int i = 0; i < count; i++) {
        prune.add(candidates[i], distances[i]);
      }
      int left = prune.prune(row, alpha, true, chosen);
      System.arraycopy(chosen, 0, candidates, 0, left);
      return left;
    }
  }
}
