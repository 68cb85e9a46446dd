package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Finds the nearest columns of rows: assigns members to pivots. For one thread.
final class NearestColumns {
  /// Rows that are computed at once.
  static final int BATCH = 64;

  private static final int SLACK = 16;

  private final DenseBlockKernel kernel;
  private final int pairs;
  private final int limit;
  private final MemorySegment distances;
  private final MemorySegment nearIds;
  private final MemorySegment nearDistances;

  NearestColumns(DenseBlockKernel kernel, int columnCapacity, int pairs, Arena arena) {
    this.kernel = kernel;
    this.pairs = pairs;
    this.limit = 8 * DenseBlockKernel.MAX_NEAREST;
    this.distances = arena.allocate(blockBytes(kernel, columnCapacity), 64);
    this.nearIds = arena.allocate((limit + SLACK) * 4L, 64);
    this.nearDistances = arena.allocate((limit + SLACK) * 4L, 64);
  }

  /// Native bytes for so many columns.
  static long bytes(DenseBlockKernel kernel, int columnCapacity) {
    return blockBytes(kernel, columnCapacity) + 2 * (8L * DenseBlockKernel.MAX_NEAREST + SLACK) * 4;
  }

  private static long blockBytes(DenseBlockKernel kernel, int columnCapacity) {
    return (long) BATCH * Columns.groups(kernel, columnCapacity) * kernel.lanes() * Integer.BYTES;
  }

  /// Puts the ids of the `k` nearest columns of each row, in no order, to `out` from position 0;
  /// there must be at least `k` columns.
  ///
  /// @param count rows, at most [#BATCH]
  void find(Rows rows, int firstRow, int count, Columns columns, int k, int[] out) {
    int groups = columns.groups();
    long strideBytes = (long) groups * kernel.lanes() * Integer.BYTES;
    kernel.multiply(
        rows.address(firstRow),
        rows.strideBytes(),
        Rows.padded(count),
        columns.address(0),
        groups,
        pairs,
        distances.address(),
        strideBytes);
    for (int i = 0; i < count; i++) {
      long row = distances.address() + i * strideBytes;
      kernel.distances(row, columns.norms(0), rows.norm(firstRow + i), groups);
      int near =
          kernel.nearest(
              row, columns.ids(), groups, k, limit, nearIds.address(), nearDistances.address());
      select(near, k, out, i * k);
    }
  }

  /// Moves the k nearest of those found to the front, one after another: there are hardly more.
  private void select(int near, int k, int[] out, int at) {
    for (int i = 0; i < k; i++) {
      int least = i;
      int leastDistance = distance(i);
      for (int j = i + 1; j < near; j++) {
        int distance = distance(j);
        if (distance < leastDistance) {
          leastDistance = distance;
          least = j;
        }
      }
      out[at + i] = id(least);
      set(nearIds, least, id(i));
      set(nearDistances, least, distance(i));
    }
  }

  private int id(int position) {
    return NativeMemory.ALL.get(NativeMemory.INT, nearIds.address() + position * 4L);
  }

  private int distance(int position) {
    return NativeMemory.ALL.get(NativeMemory.INT, nearDistances.address() + position * 4L);
  }

  private static void set(MemorySegment segment, int position, int value) {
    NativeMemory.ALL.set(NativeMemory.INT, segment.address() + position * 4L, value);
  }
}
