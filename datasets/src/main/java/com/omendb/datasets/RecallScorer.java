package com.omendb.datasets;

import java.util.Arrays;

/// Counts the true neighbours among the results of a search, so that ties cannot matter.
///
/// A returned id counts if it is one of the first `k` true rows, or if its exact distance is at
/// most the true k-th distance, times 1 + 1e-6 to forgive the last bits of a float sum that another
/// kernel or program added up in another order. Each id counts once. If the truth has no distances,
/// the largest returned distance of a true row stands in for the k-th: it is never larger, so that
/// nothing is counted wrongly, but some ties may be missed. Immutable and thread-safe.
public final class RecallScorer {
  private static final float RELATIVE_TOLERANCE = 1e-6f;

  private final GroundTruth truth;
  private final int k;

  /// @param truth exact neighbours of every query, at least `k` of them
  /// @param k results that are looked at
  /// @throws IllegalArgumentException if the truth has fewer than `k` neighbours a query
  public RecallScorer(GroundTruth truth, int k) {
    if (k < 1 || k > truth.k()) {
      throw new IllegalArgumentException(
          "k out of range 1.." + truth.k() + " of the ground truth: k=" + k);
    }
    this.truth = truth;
    this.k = k;
  }

  /// The number of true neighbours among the first `k` results of a query, 0 to `k`.
  ///
  /// @param query row of the query
  /// @param ids returned row numbers, nearest first; negative ones are empty places. Entries after
  ///   the first `k` are ignored
  /// @param distances their exact distances in the metric of the truth
  /// @throws IndexOutOfBoundsException if the truth has no such query
  /// @throws IllegalArgumentException if there are fewer distances than ids
  public int hits(long query, long[] ids, float[] distances) {
    if (distances.length < ids.length) {
      throw new IllegalArgumentException(
          "every id needs a distance: ids=" + ids.length + ", distances=" + distances.length);
    }
    long[] trueRows = new long[k];
    for (int rank = 0; rank < k; rank++) {
      trueRows[rank] = truth.id(query, rank);
    }
    Arrays.sort(trueRows);
    int returned = Math.min(k, ids.length);
    float largest = largestHitDistance(query, trueRows, ids, distances, returned);
    long[] counted = new long[returned];
    int size = 0;
    for (int i = 0; i < returned; i++) {
      boolean hit = distances[i] <= largest || isTrueRow(trueRows, ids[i]);
      if (ids[i] >= 0 && hit) {
        counted[size++] = ids[i];
      }
    }
    return countDistinct(counted, size);
  }

  private float largestHitDistance(
      long query, long[] trueRows, long[] ids, float[] distances, int returned) {
    if (truth.hasDistances()) {
      float kth = truth.distance(query, k - 1);
      return kth + Math.abs(kth) * RELATIVE_TOLERANCE;
    }
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < returned; i++) {
      if (distances[i] > largest && isTrueRow(trueRows, ids[i])) {
        largest = distances[i];
      }
    }
    return largest;
  }

  private static boolean isTrueRow(long[] trueRows, long id) {
    return Arrays.binarySearch(trueRows, id) >= 0;
  }

  private static int countDistinct(long[] values, int size) {
    Arrays.sort(values, 0, size);
    int distinct = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        distinct++;
      }
    }
    return distinct;
  }
}
