package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Which nodes have which random pivot among their nearest: overlapping cells of the whole set.
///
/// Immutable and thread-safe while its arena is open.
public final class CellAssignment {
  private final int cells;
  // Members of cell c are at starts[c] to starts[c + 1].
  private final long[] starts;
  private final MemorySegment members;

  private CellAssignment(long[] starts, MemorySegment members) {
    this.cells = starts.length - 1;
    this.starts = starts;
    this.members = members;
  }

  /// Assigns every node to its nearest pivots, in memory of the arena.
  public static CellAssignment of(
      NodeSpace space, LeafOptions options, Arena arena, Progress progress) {
    int count = space.count();
    int cells = Math.max(1, count / options.nodesPerPivot());
    int fan = Math.min(options.fan(), cells);
    progress.phase("assign cells", count);
    RandomOrder order = new RandomOrder(count, options.seed());
    int[] pivots = new int[cells];
    for (int i = 0; i < cells; i++) {
      pivots[i] = (int) order.at(i);
    }
    float[] distances = new float[cells];
    long[] starts = new long[cells + 1];
    MemorySegment members = arena.allocate((long) count * fan * Integer.BYTES, Integer.BYTES);
    int[][] nearest = new int[count][];
    for (int node = 0; node < count; node++) {
      space.distances(node, pivots, cells, distances);
      nearest[node] = Nearest.of(distances, cells, fan);
      for (int cell : nearest[node]) {
        starts[cell + 1]++;
      }
    }
    for (int cell = 0; cell < cells; cell++) {
      starts[cell + 1] += starts[cell];
    }
    long[] next = starts.clone();
    for (int node = 0; node < count; node++) {
      for (int cell : nearest[node]) {
        members.setAtIndex(NativeMemory.INT, next[cell]++, node);
      }
    }
    progress.advance(count);
    return new CellAssignment(starts, members);
  }

  /// Number of cells.
  public int cells() {
    return cells;
  }

  /// Number of members of a cell.
  public int size(int cell) {
    return Math.toIntExact(starts[cell + 1] - starts[cell]);
  }

  /// Copies the members of a cell to the front of `target`.
  public void copyMembers(int cell, int[] target) {
    MemorySegment.copy(
        members, NativeMemory.INT, starts[cell] * Integer.BYTES, target, 0, size(cell));
  }
}
