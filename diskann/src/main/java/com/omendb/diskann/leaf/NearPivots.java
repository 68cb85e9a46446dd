package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// Chooses, for nodes numbered one after another, the few of many pivots that any of them has among
/// its nearest: where nodes stand in an order that keeps near ones together, that is a small part.
///
/// Samples of the nodes are compared with all pivots until a sample brings hardly any pivot that
/// was not chosen before; where that does not come about, all pivots are taken. So the order
/// decides how long it takes and not what comes out. For one thread.
final class NearPivots {
  /// Fewer pivots than this are compared with every node.
  static final int MIN_PIVOTS = 2000;

  private static final int MAX_SAMPLES = 12;

  // A new pivot in so many pivots of a sample's nodes ends the choice.
  private static final int FEW = 50;

  private final Rows pivotRows;
  private final Columns all;
  private final int pivots;
  private final int fan;
  private final Columns chosen;
  private final boolean[] isChosen;
  private final int[] choice;
  private final NearestColumns nearest;
  private final Rows sample;
  private final int[] nodes = new int[NearestColumns.BATCH];
  private final int[] found;

  /// A choice among pivots.
  ///
  /// @param pivotRows the pivots as rows, and `all` as columns with their places as ids
  /// @param fan how many of its nearest pivots each node asks for
  NearPivots(
      Rows pivotRows,
      Columns all,
      int pivots,
      int fan,
      DenseBlockKernel kernel,
      int pairs,
      Arena arena) {
    this.pivotRows = pivotRows;
    this.all = all;
    this.pivots = pivots;
    this.fan = fan;
    this.chosen = new Columns(kernel, pivots / 2, pairs, arena);
    this.isChosen = new boolean[pivots];
    this.choice = new int[pivots];
    this.nearest = new NearestColumns(kernel, pivots, pairs, arena);
    this.sample = new Rows(NearestColumns.BATCH, pairs, arena);
    this.found = new int[NearestColumns.BATCH * fan];
  }

  /// Native bytes of one.
  static long bytes(DenseBlockKernel kernel, int pivots, int pairs) {
    return Columns.bytes(kernel, pivots / 2, pairs)
        + NearestColumns.bytes(kernel, pivots)
        + Rows.bytes(NearestColumns.BATCH, pairs);
  }

  /// Nodes to choose for at once: so many that the samples cost little beside them.
  static int nodesAtOnce(int pivots) {
    return NearestColumns.BATCH * Math.clamp(pivots / NearestColumns.BATCH, 16, 256);
  }

  /// The pivots for the nodes from `from` (inclusive) to `to` (exclusive); valid until the next
  /// call.
  Columns choose(Centring centring, int from, int to) {
    Arrays.fill(isChosen, false);
    int count = 0;
    for (int round = 0; round < MAX_SAMPLES; round++) {
      int size = Math.min(NearestColumns.BATCH, to - from);
      for (int i = 0; i < size; i++) {
        long place = (long) i * MAX_SAMPLES + round;
        nodes[i] = from + (int) (place * (to - from) / ((long) size * MAX_SAMPLES));
      }
      sample.fill(centring, nodes, 0, size);
      nearest.find(sample, 0, size, all, fan, found);
      int before = count;
      for (int i = 0; i < size * fan; i++) {
        if (!isChosen[found[i]]) {
          isChosen[found[i]] = true;
          choice[count++] = found[i];
        }
      }
      if (count > pivots / 2) {
        return all;
      }
      if (count - before <= size * fan / FEW) {
        return columns(count);
      }
    }
    return all;
  }

  private Columns columns(int count) {
    Arrays.sort(choice, 0, count);
    chosen.clear(count);
    for (int i = 0; i < count; i++) {
      chosen.set(i, pivotRows, choice[i], choice[i]);
    }
    return chosen;
  }
}
