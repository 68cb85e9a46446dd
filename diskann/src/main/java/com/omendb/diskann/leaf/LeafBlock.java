package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Compares all members of a leaf with each other and hands over the nearest of each.
///
/// Only the distances right of the diagonal, by steps of the kernel, are computed; the others are
/// copied from there. For one thread.
final class LeafBlock {
  private static final int SLACK = 16;

  private final DenseBlockKernel kernel;
  private final int pairs;
  private final int neighbours;
  private final int limit;
  private final CandidateSink sink;
  private final Rows rows;
  private final Columns columns;
  private final MemorySegment distances;
  private final MemorySegment nearIds;
  private final MemorySegment nearDistances;
  private final int[] candidates;
  private final float[] candidateDistances;

  LeafBlock(
      DenseBlockKernel kernel, int pairs, LeafOptions options, CandidateSink sink, Arena arena) {
    this.kernel = kernel;
    this.pairs = pairs;
    this.neighbours = options.neighbours();
    this.limit = limit(options);
    this.sink = sink;
    int cap = options.leafCap();
    this.rows = new Rows(cap, pairs, arena);
    this.columns = new Columns(kernel, cap, pairs, arena);
    this.distances = arena.allocate(blockBytes(kernel, cap), 64);
    this.nearIds = arena.allocate((limit + SLACK) * 4L, 64);
    this.nearDistances = arena.allocate((limit + SLACK) * 4L, 64);
    this.candidates = new int[limit];
    this.candidateDistances = new float[limit];
  }

  /// Native bytes of one.
  static long bytes(DenseBlockKernel kernel, int pairs, LeafOptions options) {
    int cap = options.leafCap();
    return Rows.bytes(cap, pairs)
        + Columns.bytes(kernel, cap, pairs)
        + blockBytes(kernel, cap)
        + 2L * (limit(options) + SLACK) * 4L;
  }

  private static int limit(LeafOptions options) {
    return 3 * options.neighbours();
  }

  private static long blockBytes(DenseBlockKernel kernel, int cap) {
    return (long) Rows.padded(cap) * Columns.groups(kernel, cap) * kernel.lanes() * Integer.BYTES;
  }

  /// Compares the members `which[from]` to `which[from + count - 1]` of a cell.
  ///
  /// @param distanceUnit the graph's distance for a squared distance of 1 between rows
  void compare(Rows cell, int[] nodes, int[] which, int from, int count, float distanceUnit) {
    rows.gather(cell, which, from, count);
    columns.clear(count);
    for (int i = 0; i < count; i++) {
      columns.set(i, rows, i, nodes[which[from + i]]);
    }
    long strideBytes = (long) columns.groups() * kernel.lanes() * Integer.BYTES;
    multiply(count, strideBytes);
    mirror(count, strideBytes);
    for (int i = 0; i < count; i++) {
      offer(nodes[which[from + i]], i, strideBytes, distanceUnit);
    }
  }

  private int stepColumns() {
    return kernel.lanes() * DenseBlockKernel.GROUPS;
  }

  private void multiply(int count, long strideBytes) {
    long out = distances.address();
    for (int group = 0; group < columns.groups(); group += DenseBlockKernel.GROUPS) {
      int rowCount = Math.min(count, group * kernel.lanes() + stepColumns());
      kernel.multiply(
          rows.address(0),
          rows.strideBytes(),
          Rows.padded(rowCount),
          columns.address(group),
          DenseBlockKernel.GROUPS,
          pairs,
          out + (long) group * kernel.lanes() * 4,
          strideBytes);
    }
    for (int i = 0; i < count; i++) {
      int group = i / stepColumns() * DenseBlockKernel.GROUPS;
      kernel.distances(
          out + i * strideBytes + (long) group * kernel.lanes() * 4,
          columns.norms(group),
          rows.norm(i),
          columns.groups() - group);
      NativeMemory.ALL.set(NativeMemory.INT, out + i * strideBytes + i * 4L, DenseBlockKernel.FAR);
    }
  }

  private void mirror(int count, long strideBytes) {
    int step = stepColumns();
    long first = distances.address();
    for (int rowFrom = step; rowFrom < count; rowFrom += step) {
      int rowTo = Math.min(count, rowFrom + step);
      // A step is an even number of columns.
      for (int column = 0; column < rowFrom; column += 2) {
        long source = first + column * strideBytes;
        long target = first + column * 4L;
        mirrorTwo(source, source + strideBytes, target, strideBytes, rowFrom, rowTo);
      }
    }
  }

  /// Copies two rows of distances, from one column to another, to a strip two columns wide.
  private static void mirrorTwo(
      long source0, long source1, long target, long strideBytes, int from, int to) {
    for (int i = from; i < to; i++) {
      long distance0 = NativeMemory.ALL.get(NativeMemory.INT, source0 + i * 4L);
      long distance1 = NativeMemory.ALL.get(NativeMemory.INT, source1 + i * 4L);
      NativeMemory.ALL.set(
          NativeMemory.LONG,
          target + i * strideBytes,
          (distance1 << Integer.SIZE) | (distance0 & 0xFFFFFFFFL));
    }
  }

  private void offer(int node, int row, long strideBytes, float distanceUnit) {
    int found =
        kernel.nearest(
            distances.address() + row * strideBytes,
            columns.ids(),
            columns.groups(),
            neighbours,
            limit,
            nearIds.address(),
            nearDistances.address());
    for (int i = 0; i < found; i++) {
      candidates[i] = NativeMemory.ALL.get(NativeMemory.INT, nearIds.address() + i * 4L);
      candidateDistances[i] =
          distanceUnit * NativeMemory.ALL.get(NativeMemory.INT, nearDistances.address() + i * 4L);
    }
    if (found > 0) {
      sink.add(node, candidates, candidateDistances, found);
    }
  }
}
