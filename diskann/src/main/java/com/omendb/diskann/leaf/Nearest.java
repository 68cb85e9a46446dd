package com.omendb.diskann.leaf;

import java.util.Arrays;

/// Chooses the smallest of some distances.
final class Nearest {
  private Nearest() {}

  /// The positions of the `k` smallest of the first `count` distances, in no order.
  static int[] of(float[] distances, int count, int k) {
    float[] sorted = Arrays.copyOf(distances, count);
    Arrays.sort(sorted);
    float bound = sorted[Math.min(k, count) - 1];
    int[] nearest = new int[Math.min(k, count)];
    int found = 0;
    for (int i = 0; i < count && found < nearest.length; i++) {
      if (distances[i] < bound) {
        nearest[found++] = i;
      }
    }
    for (int i = 0; i < count && found < nearest.length; i++) {
      if (distances[i] == bound) {
        nearest[found++] = i;
      }
    }
    return nearest;
  }
}
