package com.omendb.pq.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;

import java.lang.foreign.MemorySegment;

/// The hot loops over a distance table and over blocks of codes.
///
/// A table is native `float[subspaceCount][256]`. Once quantized it holds whole numbers from 0 to
/// [#LEVELS], so that the sum of a code is an integer and every implementation finds the same one.
/// Addresses are raw: the caller guarantees open memory of the stated sizes. Implementations are
/// thread-safe and allocate nothing.
public interface CodeKernels {

  /// Codes that are summed together.
  int BLOCK_CODES = 64;

  /// The largest number in a quantized table; one below what two bytes hold, so that rounding up
  /// cannot overflow.
  int LEVELS = 65_534;

  /// Bytes of the scratch memory that [#quantize] and [#sum] use for a table: the table's low and
  /// high bytes, and the block's codes turned to lie subspace by subspace.
  static long scratchBytes(int subspaceCount) {
    return planesBytes(subspaceCount) + turnedBytes(subspaceCount) + 8L * BLOCK_CODES;
  }

  /// Bytes of a batch of [#BLOCK_CODES] codes with room for reading eight bytes at a time.
  static long batchBytes(int subspaceCount) {
    return (long) BLOCK_CODES * subspaceCount + Long.BYTES;
  }

  /// Bytes of the low and the high bytes of all numbers of a table.
  static long planesBytes(int subspaceCount) {
    return 2L * CentroidKernels.CENTROID_COUNT * subspaceCount;
  }

  private static long turnedBytes(int subspaceCount) {
    return (long) BLOCK_CODES * Math.ceilDiv(subspaceCount, Long.BYTES) * Long.BYTES;
  }

  /// Writes the smallest and the largest number of each subspace of a table.
  ///
  /// @param ranges address of `float[subspaceCount][2]`
  void ranges(long table, int subspaceCount, long ranges);

  /// Replaces each number `v` of a subspace with minimum `min` by `(v - min) * factor`, rounded to
  /// the nearest whole number.
  ///
  /// @param ranges what [#ranges] wrote
  /// @param factor such that no number exceeds [#LEVELS]
  /// @param scratch receives what [#sum] needs
  void quantize(long table, int subspaceCount, long ranges, float factor, long scratch);

  /// Sums the numbers of a quantized table that each code selects.
  ///
  /// @param scratch as [#quantize] left it for this table
  /// @param codes address of [#batchBytes] bytes, of which the first `count` codes count
  /// @param count 1 to [#BLOCK_CODES]
  /// @param sums address of `int[64]`; those past `count` are undefined after
  void sum(long table, int subspaceCount, long scratch, long codes, int count, long sums);

  /// Sums as [#sum] does for codes that lie anywhere: that of node `v` at `codes + v *
  /// subspaceCount`.
  ///
  /// @param nodes of which those from `from` on count, `count` of them, 1 to [#BLOCK_CODES]
  /// @param batch address of [#batchBytes] bytes of scratch
  default void sumOf(
      long table,
      int subspaceCount,
      long scratch,
      long codes,
      int[] nodes,
      int from,
      int count,
      long batch,
      long sums) {
    // All are copied before any is looked at, so that their cache misses overlap.
    for (int i = 0; i < count; i++) {
      long code = codes + (long) nodes[from + i] * subspaceCount;
      MemorySegment.copy(ALL, code, ALL, batch + (long) i * subspaceCount, subspaceCount);
    }
    sum(table, subspaceCount, scratch, batch, count, sums);
  }

  /// One load at either end of each code: that many misses the processor has under way at once, but
  /// not with all that moving a code takes between them.
  static void touch(long codes, int[] nodes, int from, int count, int codeBytes) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long code = codes + (long) nodes[from + i] * codeBytes;
      sum += ALL.get(BYTE, code);
      sum += ALL.get(BYTE, code + codeBytes - 1);
    }
    if (sum == Long.MIN_VALUE) {
      throw new AssertionError("a sum of bytes cannot be this small");
    }
  }
}
