package com.omendb.vectors.scalar;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.INT;
import static com.omendb.vectors.memory.NativeMemory.SHORT;

import com.omendb.vectors.DenseBlockKernel;
import java.util.Arrays;

/// Dense blocks in plain Java.
final class ScalarDenseBlocks implements DenseBlockKernel {
  private final int lanes;

  ScalarDenseBlocks(int lanes) {
    this.lanes = lanes;
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public int centre(long codes, long mean, int factor, long row, int pairs) {
    int norm = 0;
    for (int i = 0; i < 2 * pairs; i++) {
      int difference = ALL.get(BYTE, codes + i) - ALL.get(SHORT, mean + 2L * i);
      int element = (difference * factor + UNIT_FACTOR / 2) >> 7;
      ALL.set(SHORT, row + 2L * i, (short) element);
      norm += element * element;
    }
    return norm;
  }

  @Override
  public void pack(long row, long group, int column, int pairs) {
    for (int pair = 0; pair < pairs; pair++) {
      ALL.set(INT, group + ((long) pair * lanes + column) * 4, ALL.get(INT, row + pair * 4L));
    }
  }

  @Override
  public void multiply(
      long rows,
      long rowStrideBytes,
      int rowCount,
      long columns,
      int groupCount,
      int pairs,
      long out,
      long outStrideBytes) {
    long groupBytes = (long) pairs * lanes * Integer.BYTES;
    for (int row = 0; row < rowCount; row++) {
      for (int column = 0; column < groupCount * lanes; column++) {
        long first = columns + column / lanes * groupBytes + column % lanes * 4L;
        int product = product(rows + row * rowStrideBytes, first, lanes * 4L, pairs);
        ALL.set(INT, out + row * outStrideBytes + column * 4L, product);
      }
    }
  }

  private static int product(long row, long column, long columnStep, int pairs) {
    short even = 0;
    short odd = 0;
    for (int pair = 0; pair < pairs; pair++) {
      int a = ALL.get(INT, row + pair * 4L);
      int b = ALL.get(INT, column + pair * columnStep);
      even += (short) ((short) a * (short) b);
      odd += (short) ((a >> 16) * (b >> 16));
    }
    return (odd << 16) | (even & 0xFFFF);
  }

  @Override
  public void distances(long products, long norms, int rowNorm, int groupCount) {
    for (int column = 0; column < groupCount * lanes; column++) {
      int product = ALL.get(INT, products + column * 4L);
      int dot = (short) product + (product >> 16);
      int distance = rowNorm + ALL.get(INT, norms + column * 4L) - 2 * dot;
      ALL.set(INT, products + column * 4L, distance);
    }
  }

  @Override
  public int nearest(
      long distances,
      long ids,
      int groupCount,
      int k,
      int limit,
      long nearestIds,
      long nearestDistances) {
    int columns = groupCount * lanes;
    int[] sorted = new int[columns];
    for (int column = 0; column < columns; column++) {
      sorted[column] = ALL.get(INT, distances + column * 4L);
    }
    Arrays.sort(sorted);
    int bound = Math.min(sorted[Math.min(k, columns) - 1], FAR / 2);
    int found = 0;
    for (int column = 0; column < columns && found < limit; column++) {
      int distance = ALL.get(INT, distances + column * 4L);
      if (distance <= bound) {
        ALL.set(INT, nearestIds + found * 4L, ALL.get(INT, ids + column * 4L));
        ALL.set(INT, nearestDistances + found * 4L, distance);
        found++;
      }
    }
    return found;
  }
}
