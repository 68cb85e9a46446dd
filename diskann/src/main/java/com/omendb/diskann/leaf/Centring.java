package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Moves codes of nodes that are near each other to their mean and scales them so that their inner
/// products fit the dense block kernel: tight cells keep all bits of the codes, wide ones lose
/// some.
///
/// For one thread.
final class Centring {
  private static final int SAMPLE = 256;

  // Of the sampled norms; the few rows that are longer are shortened.
  private static final double LARGE_QUANTILE = 0.95;

  private final PointCodes codes;
  private final DenseBlockKernel kernel;
  private final MemorySegment mean;
  private final int[] sums;
  private final double[] norms = new double[SAMPLE];
  private int factor = 1;

  Centring(PointCodes codes, DenseBlockKernel kernel, Arena arena) {
    this.codes = codes;
    this.kernel = kernel;
    this.sums = new int[2 * codes.pairs()];
    this.mean = arena.allocate(2L * sums.length, Long.BYTES);
  }

  /// Fits mean and scale to the first `count` nodes, of which there must be at least one.
  void fit(int[] nodes, int count) {
    int sample = Math.min(count, SAMPLE);
    Arrays.fill(sums, 0);
    for (int i = 0; i < sample; i++) {
      long address = codes.address(nodes[(int) ((long) i * count / sample)]);
      for (int d = 0; d < sums.length; d++) {
        sums[d] += NativeMemory.ALL.get(NativeMemory.BYTE, address + d);
      }
    }
    for (int d = 0; d < sums.length; d++) {
      sums[d] = Math.round((float) sums[d] / sample);
      mean.set(NativeMemory.SHORT, 2L * d, (short) sums[d]);
    }
    for (int i = 0; i < sample; i++) {
      norms[i] = deviation(nodes[(int) ((long) i * count / sample)]);
    }
    Arrays.sort(norms, 0, sample);
    double large = Math.max(1, norms[(int) (LARGE_QUANTILE * (sample - 1))]);
    double fitting = Math.sqrt(DenseBlockKernel.MAX_SQUARED_NORM / (1.1 * large));
    factor =
        (int) Math.clamp(fitting * DenseBlockKernel.UNIT_FACTOR, 1, DenseBlockKernel.UNIT_FACTOR);
  }

  private double deviation(int node) {
    long address = codes.address(node);
    long norm = 0;
    for (int d = 0; d < sums.length; d++) {
      int difference = NativeMemory.ALL.get(NativeMemory.BYTE, address + d) - sums[d];
      norm += (long) difference * difference;
    }
    return norm;
  }

  /// The distance of nodes whose rows are at a squared L2 distance of 1.
  float distanceUnit() {
    float scale = (float) factor / DenseBlockKernel.UNIT_FACTOR;
    return codes.distanceUnit() / (scale * scale);
  }

  /// Writes the row of a node and returns its squared norm, which the kernel can take.
  int write(int node, long row) {
    long address = codes.address(node);
    int pairs = codes.pairs();
    int norm = kernel.centre(address, mean.address(), factor, row, pairs);
    for (int smaller = factor; norm > DenseBlockKernel.MAX_SQUARED_NORM; ) {
      double shrink = Math.sqrt((double) DenseBlockKernel.MAX_SQUARED_NORM / norm);
      smaller = Math.min(smaller - 1, (int) (smaller * shrink));
      norm = kernel.centre(address, mean.address(), smaller, row, pairs);
    }
    return norm;
  }
}
