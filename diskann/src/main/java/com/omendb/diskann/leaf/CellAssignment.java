package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.Progress;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/// Which nodes have which random pivot among their nearest: overlapping cells of the whole set.
/// Also keeps the codes of all points, from which the leaves are computed.
///
/// The same for a seed with any number of threads. Immutable and thread-safe while its arena is
/// open.
public final class CellAssignment {
  private static final int SAMPLE = 4096;

  private final PointCodes codes;
  // Members of cell c are at starts[c] to starts[c + 1], in order of their numbers.
  private final long[] starts;
  private final MemorySegment members;

  private CellAssignment(PointCodes codes, long[] starts, MemorySegment members) {
    this.codes = codes;
    this.starts = starts;
    this.members = members;
  }

  /// Assigns every node to its nearest pivots, in memory of the arena, which must be a shared one.
  ///
  /// @param excluded nodes that get into no cell
  public static CellAssignment of(
      NodeSpace space, LeafOptions options, IntPredicate excluded, Arena arena, Progress progress) {
    int count = space.count();
    if (count < 1) {
      throw new IllegalArgumentException("no nodes to assign: count=" + count);
    }
    progress.phase("code points", 1);
    PointCodes codes = PointCodes.of(space, options.threads(), arena);
    progress.advance(1);
    int cells = options.cells(countIncluded(count, excluded));
    int fan = Math.min(options.fan(), cells);
    MemorySegment members = arena.allocate((long) count * fan * Integer.BYTES, Integer.BYTES);
    try (Arena scratch = Arena.ofShared()) {
      MemorySegment cellsOfNodes = scratch.allocate(members.byteSize(), Integer.BYTES);
      progress.phase("assign to cells", count);
      if (cells > 1) {
        assign(codes, count, cells, fan, excluded, options, cellsOfNodes, progress);
      } else {
        progress.advance(count);
      }
      long[] starts = group(cellsOfNodes, count, cells, fan, excluded, members);
      return new CellAssignment(codes, starts, members);
    }
  }

  /// Native bytes that an assignment keeps.
  public static long bytes(long count, int pointDimension, LeafOptions options) {
    int fan = Math.min(options.fan(), options.cells(count));
    return PointCodes.bytes(count, pointDimension) + count * fan * Integer.BYTES;
  }

  /// Native bytes that it needs beside [#bytes] while it is made.
  public static long scratchBytes(long count, int pointDimension, LeafOptions options) {
    DenseBlockKernel kernel = DistanceKernels.denseBlocks();
    int cells = options.cells(count);
    int pairs = PointCodes.pairs(pointDimension);
    return count * Math.min(options.fan(), cells) * Integer.BYTES
        + Rows.bytes(cells, pairs)
        + Columns.bytes(kernel, cells, pairs)
        + options.threads()
            * (Rows.bytes(NearestColumns.BATCH, pairs)
                + NearestColumns.bytes(kernel, cells)
                + (cells < NearPivots.MIN_PIVOTS ? 0 : NearPivots.bytes(kernel, cells, pairs)));
  }

  private static void assign(
      PointCodes codes,
      int count,
      int cells,
      int fan,
      IntPredicate excluded,
      LeafOptions options,
      MemorySegment cellsOfNodes,
      Progress progress) {
    DenseBlockKernel kernel = DistanceKernels.denseBlocks();
    RandomOrder order = new RandomOrder(count, options.seed());
    int[] sample = firsts(order, Math.min(count, SAMPLE), _ -> false);
    int[] pivots = firsts(order, cells, excluded);
    try (Arena arena = Arena.ofShared()) {
      Rows pivotRows = new Rows(cells, codes.pairs(), arena);
      pivotRows.fill(centring(codes, kernel, sample, arena), pivots, 0, cells);
      Columns columns = new Columns(kernel, cells, codes.pairs(), arena);
      columns.clear(cells);
      for (int cell = 0; cell < cells; cell++) {
        columns.set(cell, pivotRows, cell, cell);
      }
      boolean few = cells < NearPivots.MIN_PIVOTS;
      Workers.forEach(
          count,
          few ? NearestColumns.BATCH : NearPivots.nodesAtOnce(cells),
          options.threads(),
          () -> {
            Centring centring = centring(codes, kernel, sample, arena);
            Rows rows = new Rows(NearestColumns.BATCH, codes.pairs(), arena);
            NearestColumns nearest = new NearestColumns(kernel, cells, codes.pairs(), arena);
            NearPivots near =
                few
                    ? null
                    : new NearPivots(pivotRows, columns, cells, fan, kernel, codes.pairs(), arena);
            int[] nodes = new int[NearestColumns.BATCH];
            int[] found = new int[NearestColumns.BATCH * fan];
            return (from, to) -> {
              Columns choice = near == null ? columns : near.choose(centring, (int) from, (int) to);
              for (long at = from; at < to; at += NearestColumns.BATCH) {
                int size = (int) Math.min(NearestColumns.BATCH, to - at);
                for (int i = 0; i < size; i++) {
                  nodes[i] = (int) at + i;
                }
                rows.fill(centring, nodes, 0, size);
                nearest.find(rows, 0, size, choice, fan, found);
                MemorySegment.copy(
                    found, 0, cellsOfNodes, NativeMemory.INT, at * fan * Integer.BYTES, size * fan);
                progress.advance(size);
              }
            };
          });
    }
  }

  private static Centring centring(
      PointCodes codes, DenseBlockKernel kernel, int[] sample, Arena arena) {
    Centring centring = new Centring(codes, kernel, arena);
    centring.fit(sample, sample.length);
    return centring;
  }

  /// The first nodes of an order that are not excluded, of which there must be as many.
  private static int[] firsts(RandomOrder order, int count, IntPredicate excluded) {
    int[] nodes = new int[count];
    int found = 0;
    for (long i = 0; found < count; i++) {
      int node = (int) order.at(i);
      if (!excluded.test(node)) {
        nodes[found++] = node;
      }
    }
    return nodes;
  }

  private static int countIncluded(int count, IntPredicate excluded) {
    int included = 0;
    for (int node = 0; node < count; node++) {
      included += excluded.test(node) ? 0 : 1;
    }
    return included;
  }

  /// Groups nodes by cell and returns where each cell begins.
  private static long[] group(
      MemorySegment cellsOfNodes,
      int count,
      int cells,
      int fan,
      IntPredicate excluded,
      MemorySegment members) {
    long[] starts = new long[cells + 1];
    for (int node = 0; node < count; node++) {
      for (int i = 0; i < fan && !excluded.test(node); i++) {
        starts[cellsOfNodes.getAtIndex(NativeMemory.INT, (long) node * fan + i) + 1]++;
      }
    }
    for (int cell = 0; cell < cells; cell++) {
      starts[cell + 1] += starts[cell];
    }
    long[] next = starts.clone();
    for (int node = 0; node < count; node++) {
      for (int i = 0; i < fan && !excluded.test(node); i++) {
        int cell = cellsOfNodes.getAtIndex(NativeMemory.INT, (long) node * fan + i);
        members.setAtIndex(NativeMemory.INT, next[cell]++, node);
      }
    }
    return starts;
  }

  /// Number of cells.
  public int cells() {
    return starts.length - 1;
  }

  /// Number of members of a cell.
  public int size(int cell) {
    return Math.toIntExact(starts[cell + 1] - starts[cell]);
  }

  /// Copies `count` members of a cell, from its member `from` on, to a position of `target`.
  void copyMembers(int cell, int from, int count, int[] target, int at) {
    MemorySegment.copy(
        members, NativeMemory.INT, (starts[cell] + from) * Integer.BYTES, target, at, count);
  }

  PointCodes codes() {
    return codes;
  }
}
