package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.vectors.Progress;
import java.util.Arrays;
import java.util.function.Supplier;

/// Finds candidate edges: the nearest others of every node in each of its leaves.
public final class LeafCandidates {
  private LeafCandidates() {}

  /// Hands the candidates of all nodes to sinks, of which each worker gets its own. Returns when
  /// all are handed over and every sink is closed.
  public static void run(
      NodeSpace space,
      CellAssignment cells,
      LeafOptions options,
      Supplier<? extends CandidateSink> newSink,
      Progress progress) {
    progress.phase("compare within leaves", cells.cells());
    try (CandidateSink sink = newSink.get()) {
      for (int cell = 0; cell < cells.cells(); cell++) {
        int[] members = new int[cells.size(cell)];
        cells.copyMembers(cell, members);
        for (int from = 0; from < members.length; from += options.leafCap()) {
          int to = Math.min(members.length, from + options.leafCap());
          compare(space, Arrays.copyOfRange(members, from, to), options, sink);
        }
        progress.advance(1);
      }
    }
  }

  private static void compare(
      NodeSpace space, int[] leaf, LeafOptions options, CandidateSink sink) {
    float[] distances = new float[leaf.length];
    int[] others = new int[leaf.length];
    for (int node : leaf) {
      int count = 0;
      for (int other : leaf) {
        if (other != node) {
          others[count++] = other;
        }
      }
      space.distances(node, others, count, distances);
      if (count > 0) {
        int[] nearest = Nearest.of(distances, count, options.neighbours());
        int[] candidates = new int[nearest.length];
        float[] found = new float[nearest.length];
        for (int i = 0; i < nearest.length; i++) {
          candidates[i] = others[nearest[i]];
          found[i] = distances[nearest[i]];
        }
        sink.add(node, candidates, found, nearest.length);
      }
    }
  }
}
