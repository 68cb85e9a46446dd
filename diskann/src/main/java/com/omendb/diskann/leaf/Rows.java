package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Rows of a dense block with their squared norms. For one thread.
final class Rows {
  private final MemorySegment rows;
  private final long strideBytes;
  private final int[] norms;

  Rows(int capacity, int pairs, Arena arena) {
    this.strideBytes = 4L * pairs;
    int padded = padded(capacity);
    this.rows = arena.allocate(padded * strideBytes, 64);
    this.norms = new int[padded];
  }

  /// Native bytes of so many rows.
  static long bytes(int capacity, int pairs) {
    return padded(capacity) * 4L * pairs;
  }

  /// `count` rounded up to whole steps of the kernel.
  static int padded(int count) {
    return Math.ceilDiv(count, DenseBlockKernel.ROWS) * DenseBlockKernel.ROWS;
  }

  /// Makes the rows of nodes `from` to `to` of an array.
  void fill(Centring centring, int[] nodes, int from, int to) {
    for (int i = from; i < to; i++) {
      norms[i - from] = centring.write(nodes[i], address(i - from));
    }
  }

  /// Copies the first `count` of some rows of another set.
  void gather(Rows source, int[] which, int from, int count) {
    for (int i = 0; i < count; i++) {
      int row = which[from + i];
      MemorySegment.copy(source.rows, row * strideBytes, rows, i * strideBytes, strideBytes);
      norms[i] = source.norms[row];
    }
  }

  long address(int row) {
    return rows.address() + row * strideBytes;
  }

  long strideBytes() {
    return strideBytes;
  }

  int norm(int row) {
    return norms[row];
  }
}
