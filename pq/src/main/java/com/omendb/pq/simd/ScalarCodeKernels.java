package com.omendb.pq.simd;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;

/// Code kernels in plain Java, which look up one number at a time and use no scratch.
public final class ScalarCodeKernels implements CodeKernels {
  /// Four float sums over this many subspaces stay below 2^24 and so remain exact.
  private static final int EXACT_SUBSPACES = 1024;

  /// A stateless instance.
  public ScalarCodeKernels() {}

  @Override
  public void ranges(long table, int subspaceCount, long ranges) {
    for (int s = 0; s < subspaceCount; s++) {
      float min = Float.POSITIVE_INFINITY;
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < CENTROID_COUNT; i++) {
        float number = ALL.get(FLOAT, table + s * COLUMN_BYTES + 4L * i);
        min = Math.min(min, number);
        max = Math.max(max, number);
      }
      ALL.set(FLOAT, ranges + 8L * s, min);
      ALL.set(FLOAT, ranges + 8L * s + 4, max);
    }
  }

  @Override
  public void quantize(long table, int subspaceCount, long ranges, float factor, long scratch) {
    for (int s = 0; s < subspaceCount; s++) {
      float min = ALL.get(FLOAT, ranges + 8L * s);
      for (int i = 0; i < CENTROID_COUNT; i++) {
        long at = table + s * COLUMN_BYTES + 4L * i;
        ALL.set(FLOAT, at, (int) ((ALL.get(FLOAT, at) - min) * factor + 0.5f));
      }
    }
  }

  @Override
  public void sum(long table, int subspaceCount, long scratch, long codes, int count, long sums) {
    for (int i = 0; i < count; i++) {
      ALL.set(INT, sums + 4L * i, sum(table, codes + (long) i * subspaceCount, subspaceCount));
    }
  }

  /// The sum that one code selects from a quantized table.
  public static int sum(long table, long code, int subspaceCount) {
    int sum = 0;
    for (int s = 0; s < subspaceCount; s += EXACT_SUBSPACES) {
      int length = Math.min(EXACT_SUBSPACES, subspaceCount - s);
      sum += exactSum(table + s * COLUMN_BYTES, code + s, length);
    }
    return sum;
  }

  private static int exactSum(long table, long code, int length) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int s = 0;
    for (; s <= length - 4; s += 4) {
      long row = table + s * COLUMN_BYTES;
      sum0 += number(row, code + s);
      sum1 += number(row + COLUMN_BYTES, code + s + 1);
      sum2 += number(row + 2 * COLUMN_BYTES, code + s + 2);
      sum3 += number(row + 3 * COLUMN_BYTES, code + s + 3);
    }
    for (; s < length; s++) {
      sum0 += number(table + s * COLUMN_BYTES, code + s);
    }
    return (int) sum0 + (int) sum1 + (int) sum2 + (int) sum3;
  }

  private static float number(long row, long code) {
    return ALL.get(FLOAT, row + 4L * (ALL.get(BYTE, code) & 0xff));
  }
}
