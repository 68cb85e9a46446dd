package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.InsertionPass;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.LongToIntFunction;

/// Finds out whether a graph from leaves lacks what searches while building would have found, and
/// adds it where it does.
///
/// Leaves are good at near neighbours that lie in a crowd. They miss edges between clusters, among
/// outliers, and towards vectors of unusual length. Whether that matters cannot be told from the
/// recall alone, which is low on hard data too. So it is tried: the nodes around some queries are
/// inserted again (Subramanya et al., "DiskANN", NeurIPS 2019, Algorithm 3), and if these queries
/// find more than before, all nodes are.
final class Refinement {
  private static final int LIST_SIZE = 32;
  private static final int MAX_PASSES = 3;

  // A gain of a trial that makes a pass over all nodes worth its time.
  private static final double SHORT_GAIN = 0.015;
  private static final double GAIN = 0.005;

  // Queries unlike the vectors are hard for every graph: only where a graph fails them is it
  // mended.
  private static final double MIXED_GAIN = 0.08;
  private static final int LOST_GAIN = 3;

  // A trial over so large a part of the nodes costs as much as a pass.
  private static final int TRIAL_PART = 4;

  // While rows are added to, they are pruned to 13/16 of their room.
  private static final int PRUNED_SIXTEENTHS = 13;

  private final NodeSpace space;
  private final VamanaGraph graph;
  private final IntPredicate excluded;
  private final VamanaOptions options;
  private final String name;
  private final Progress progress;

  /// @param graph its rows hold up to R edges, in the order of a prune
  /// @param excluded nodes that are not in the graph yet
  Refinement(
      NodeSpace space,
      VamanaGraph graph,
      IntPredicate excluded,
      VamanaOptions options,
      String name,
      Progress progress) {
    this.space = space;
    this.graph = graph;
    this.excluded = excluded;
    this.options = options;
    this.name = name;
    this.progress = progress;
  }

  /// Measures, tries, and refines as long as that is worth it; returns the last measure.
  GraphProbe.Measure run() {
    try (Arena arena = Arena.ofShared()) {
      progress.phase(name + ", self-check", 0);
      GraphProbe probe = new GraphProbe(space, graph, excluded, options, arena);
      GraphProbe.Measure last = probe.measure(graph);
      progress.note("self-check: " + last);
      boolean gains = true;
      for (int pass = 1; gains && pass <= MAX_PASSES && isWorthIt(probe, last); pass++) {
        pass(pass);
        GraphProbe.Measure before = last;
        last = probe.measure(graph);
        progress.note("refined: " + last);
        gains = gains(before, last);
      }
      return last;
    }
  }

  private boolean isWorthIt(GraphProbe probe, GraphProbe.Measure before) {
    if (before.shortRecall() == 1 && before.recall() == 1 && before.lost() == 0) {
      return false;
    }
    int[] nodes = probe.surroundings(graph);
    if (nodes.length > space.count() / TRIAL_PART) {
      return true;
    }
    insert(graph.adjacency(), name + ", trial", nodes.length, i -> nodes[(int) i]);
    complete(nodes.length, i -> nodes[(int) i]);
    GraphProbe.Measure tried = probe.measure(graph);
    progress.note(
        String.format(Locale.ROOT, "trial: %,d nodes inserted again: %s", nodes.length, tried));
    return gains(before, tried);
  }

  private static boolean gains(GraphProbe.Measure before, GraphProbe.Measure after) {
    return after.shortRecall() - before.shortRecall() >= SHORT_GAIN
        || after.recall() - before.recall() >= GAIN
        || after.mixedRecall() - before.mixedRecall() >= MIXED_GAIN
        || before.lost() - after.lost() >= LOST_GAIN;
  }

  private void pass(int number) {
    Adjacency rows = graph.adjacency();
    insert(
        rows.withMaxDegree(Math.max(1, rows.maxDegree() * PRUNED_SIXTEENTHS / 16)),
        name + ", refine " + number,
        space.count(),
        node -> (int) node);
    progress.phase(name + ", complete rows " + number, space.count());
    complete(space.count(), node -> (int) node);
  }

  private void insert(Adjacency rows, String phase, long count, LongToIntFunction nodes) {
    new InsertionPass(space, rows, graph.medoid(), options, progress)
        .run(phase, count, nodes, excluded, options.alpha(), true, LIST_SIZE);
  }

  private void complete(long count, LongToIntFunction nodes) {
    Workers.forEach(
        count,
        options.threads(),
        () -> {
          RowCompletion rows = new RowCompletion();
          return (from, to) -> {
            for (long i = from; i < to; i++) {
              int node = nodes.applyAsInt(i);
              if (!excluded.test(node)) {
                rows.complete(node);
              }
            }
            progress.advance(to - from);
          };
        });
  }

  /// Prunes a row together with the rows of its first neighbours, so that it is full and in the
  /// order of a prune again. For one thread.
  private final class RowCompletion {
    private static final int NEIGHBOURS = 8;
    private static final int EDGES = 32;

    private final Adjacency rows = graph.adjacency();
    private final RobustPrune prune = new RobustPrune(space, rows.maxDegree());
    private final NodeSet seen = new NodeSet(rows.slots() + NEIGHBOURS * EDGES);
    private final int[] row = new int[rows.slots() + NEIGHBOURS * EDGES];
    private final int[] other = new int[rows.slots()];
    private final int[] chosen = new int[rows.maxDegree()];

    void complete(int node) {
      int degree = rows.copy(node, row);
      int end = addBeyond(node, degree);
      int count =
          prune.pruneDistinct(node, row, end, options.alpha(), true, rows.maxDegree(), chosen);
      rows.lock(node);
      try {
        rows.set(node, chosen, count);
      } finally {
        rows.unlock(node);
      }
    }

    // Adds edges of the first neighbours behind the row; returns the end.
    private int addBeyond(int node, int degree) {
      seen.clear();
      seen.add(node);
      for (int i = 0; i < degree; i++) {
        seen.add(row[i]);
      }
      int end = degree;
      for (int i = 0; i < Math.min(NEIGHBOURS, degree); i++) {
        int edges = Math.min(EDGES, rows.copy(row[i], other));
        for (int j = 0; j < edges; j++) {
          if (seen.add(other[j])) {
            row[end++] = other[j];
          }
        }
      }
      return end;
    }
  }
}
