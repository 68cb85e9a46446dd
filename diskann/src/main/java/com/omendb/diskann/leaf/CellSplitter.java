package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.vectors.DenseBlockKernel;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// Splits a cell into overlapping leaves around random members and compares each leaf. For one
/// thread.
final class CellSplitter {
  // A list that two rounds of pivots do not make small enough consists of near copies, which may go
  // to any part.
  private static final int ROUNDS = 3;

  // Where leaves would hold fewer than this part of the members they should, they are joined.
  private static final int SMALL_PART = 4;

  private final LeafOptions options;
  private final int maxPivots;
  private final Columns pivots;
  private final NearestColumns nearest;
  private final Rows batch;
  private final LeafBlock leaf;
  private final int[] found;

  CellSplitter(
      DenseBlockKernel kernel,
      int pairs,
      int maxMembers,
      LeafOptions options,
      CandidateSink sink,
      Arena arena) {
    this.options = options;
    this.maxPivots = maxPivots(maxMembers, options);
    this.pivots = new Columns(kernel, maxPivots, pairs, arena);
    this.nearest = new NearestColumns(kernel, maxPivots, pairs, arena);
    this.batch = new Rows(NearestColumns.BATCH, pairs, arena);
    this.leaf = new LeafBlock(kernel, pairs, options, sink, arena);
    this.found = new int[NearestColumns.BATCH * options.subFan()];
  }

  /// Native bytes of one.
  static long bytes(DenseBlockKernel kernel, int pairs, int maxMembers, LeafOptions options) {
    int maxPivots = maxPivots(maxMembers, options);
    return Columns.bytes(kernel, maxPivots, pairs)
        + NearestColumns.bytes(kernel, maxPivots)
        + Rows.bytes(NearestColumns.BATCH, pairs)
        + LeafBlock.bytes(kernel, pairs, options);
  }

  private static int maxPivots(int maxMembers, LeafOptions options) {
    return (int) Math.max(1, (long) maxMembers * options.subFan() / options.leafSize());
  }

  /// Splits the first `count` rows of a cell, of which there must be at least two.
  void split(Rows cell, int[] nodes, int count, float distanceUnit, long seed) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = i;
    }
    split(new Cell(cell, nodes, distanceUnit), all, 0, count, options.subFan(), 0, seed);
  }

  /// Rows and the node of each.
  private static final class Cell {
    final Rows rows;
    final int[] nodes;
    final float distanceUnit;

    Cell(Rows rows, int[] nodes, float distanceUnit) {
      this.rows = rows;
      this.nodes = nodes;
      this.distanceUnit = distanceUnit;
    }
  }

  private void split(Cell cell, int[] which, int from, int count, int fan, int round, long seed) {
    if (count <= options.leafCap()) {
      compare(cell, which, from, count);
      return;
    }
    if (round == ROUNDS) {
      cut(cell, which, from, count);
      return;
    }
    int pivotCount = Math.clamp((long) count * fan / options.leafSize(), 2, maxPivots);
    int ownFan = Math.min(fan, pivotCount);
    int[] starts = new int[pivotCount + 1];
    int[] lists = assign(cell, which, from, count, pivotCount, ownFan, starts, seed);
    int listFrom = 0;
    for (int pivot = 0; pivot < pivotCount; pivot++) {
      int listTo = starts[pivot + 1];
      boolean small = listTo - listFrom < options.leafSize() / SMALL_PART;
      if (small && pivot + 1 < pivotCount && starts[pivot + 2] - listFrom <= options.leafCap()) {
        continue;
      }
      int size = distinct(lists, listFrom, listTo);
      split(cell, lists, listFrom, size, 1, round + 1, seed + pivot + 1);
      listFrom = listTo;
    }
  }

  /// Sorts a list, drops repetitions, of which joined lists have some, and returns what is left. In
  /// order, the rows are also gathered faster.
  private static int distinct(int[] lists, int from, int to) {
    Arrays.sort(lists, from, to);
    int size = 0;
    for (int i = from; i < to; i++) {
      if (i == from || lists[i] != lists[i - 1]) {
        lists[from + size++] = lists[i];
      }
    }
    return size;
  }

  /// Assigns rows to their nearest pivots and returns the rows by pivot.
  private int[] assign(
      Cell cell,
      int[] which,
      int from,
      int count,
      int pivotCount,
      int fan,
      int[] starts,
      long seed) {
    RandomOrder order = new RandomOrder(count, seed);
    pivots.clear(pivotCount);
    for (int pivot = 0; pivot < pivotCount; pivot++) {
      pivots.set(pivot, cell.rows, which[from + (int) order.at(pivot)], pivot);
    }
    int[] pivotsOfRows = new int[count * fan];
    for (int i = 0; i < count; i += NearestColumns.BATCH) {
      int size = Math.min(NearestColumns.BATCH, count - i);
      batch.gather(cell.rows, which, from + i, size);
      nearest.find(batch, 0, size, pivots, fan, found);
      System.arraycopy(found, 0, pivotsOfRows, i * fan, size * fan);
    }
    for (int pivot : pivotsOfRows) {
      starts[pivot + 1]++;
    }
    for (int pivot = 0; pivot < pivotCount; pivot++) {
      starts[pivot + 1] += starts[pivot];
    }
    int[] next = starts.clone();
    int[] lists = new int[count * fan];
    for (int i = 0; i < lists.length; i++) {
      lists[next[pivotsOfRows[i]]++] = which[from + i / fan];
    }
    return lists;
  }

  /// Cuts a list into the fewest equal parts that are leaves.
  private void cut(Cell cell, int[] which, int from, int count) {
    int parts = Math.ceilDiv(count, options.leafCap());
    for (int part = 0; part < parts; part++) {
      int partFrom = (int) ((long) count * part / parts);
      int partTo = (int) ((long) count * (part + 1) / parts);
      compare(cell, which, from + partFrom, partTo - partFrom);
    }
  }

  private void compare(Cell cell, int[] which, int from, int count) {
    if (count > 1) {
      leaf.compare(cell.rows, cell.nodes, which, from, count, cell.distanceUnit);
    }
  }
}
