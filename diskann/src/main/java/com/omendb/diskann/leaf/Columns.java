package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Columns of a dense block with their squared norms and ids. For one thread while they are filled,
/// for any after.
final class Columns {
  private final DenseBlockKernel kernel;
  private final int pairs;
  private final MemorySegment columns;
  private final MemorySegment norms;
  private final MemorySegment ids;
  private int groups;

  Columns(DenseBlockKernel kernel, int capacity, int pairs, Arena arena) {
    this.kernel = kernel;
    this.pairs = pairs;
    long padded = (long) groups(kernel, capacity) * kernel.lanes();
    this.columns = arena.allocate(padded * 4 * pairs, 64);
    this.norms = arena.allocate(padded * Integer.BYTES, 64);
    this.ids = arena.allocate(padded * Integer.BYTES, 64);
  }

  /// Native bytes of so many columns.
  static long bytes(DenseBlockKernel kernel, int capacity, int pairs) {
    return (long) groups(kernel, capacity) * kernel.lanes() * (4L * pairs + 2 * Integer.BYTES);
  }

  /// Groups of so many columns, rounded up to whole steps of the kernel.
  static int groups(DenseBlockKernel kernel, int count) {
    int step = kernel.lanes() * DenseBlockKernel.GROUPS;
    return Math.ceilDiv(count, step) * DenseBlockKernel.GROUPS;
  }

  /// Begins anew with room for `count` columns, all of them far from everything.
  void clear(int count) {
    groups = groups(kernel, count);
    for (int column = count; column < groups * kernel.lanes(); column++) {
      // What is left of earlier columns does no harm at this distance.
      norms.setAtIndex(NativeMemory.INT, column, DenseBlockKernel.FAR);
    }
  }

  /// Makes a row a column.
  void set(int column, Rows rows, int row, int id) {
    long group = columns.address() + column / kernel.lanes() * groupBytes();
    kernel.pack(rows.address(row), group, column % kernel.lanes(), pairs);
    norms.setAtIndex(NativeMemory.INT, column, rows.norm(row));
    ids.setAtIndex(NativeMemory.INT, column, id);
  }

  int groups() {
    return groups;
  }

  long address(int group) {
    return columns.address() + group * groupBytes();
  }

  long norms(int group) {
    return norms.address() + (long) group * kernel.lanes() * Integer.BYTES;
  }

  long ids() {
    return ids.address();
  }

  private long groupBytes() {
    return 4L * pairs * kernel.lanes();
  }
}
