package com.omendb.datasets.truth;

import java.util.Arrays;

/// Counts the true neighbours among the results of a search, so that ties cannot matter.
///
/// A returned id counts if it is one of the first `k` true rows, or if its exact distance is at
/// most the true k-th distance, times 1 + 1e-6 to forgive the last bits of a float sum that another
/// kernel or program added up in another order, or at most that of a returned true row: where a
/// true row and another are as near, both are. Each id counts once. If the truth has no distances,
/// some ties may be missed.
///
/// A query that has fewer than `k` true rows wants only those. Immutable and thread-safe.
public final class RecallScorer {
  private static final float RELATIVE_TOLERANCE = 1e-6f;

  private final GroundTruth truth;
  private final int k;

  /// Scores against one truth.
  ///
  /// @param truth exact neighbours of every query, at least `k` of them
  /// @param k number of results that count
  /// @throws IllegalArgumentException if the truth has fewer than `k` neighbours a query
  public RecallScorer(GroundTruth truth, int k) {
    truth.requireFits(truth.queryCount(), k);
    this.truth = truth;
    this.k = k;
  }

  /// {@return the number of true neighbours that a query has within the first `k`: `k`, or as many
  /// as the truth names}
  ///
  /// @param query row of the query, from 0
  /// @throws IndexOutOfBoundsException if the truth has no such query
  public int wanted(long query) {
    return Math.min(k, truth.count(query));
  }

  /// {@return the number of true neighbours among the first `k` results of a query, 0 to [#wanted]}
  ///
  /// @param query row of the query, from 0
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
    long[] trueRows = new long[wanted(query)];
    for (int rank = 0; rank < trueRows.length; rank++) {
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
    return Math.min(trueRows.length, countDistinct(counted, size));
  }

  private float largestHitDistance(
      long query, long[] trueRows, long[] ids, float[] distances, int returned) {
    float largest = Float.NEGATIVE_INFINITY;
    if (truth.hasDistances() && trueRows.length > 0) {
      float kth = truth.distance(query, trueRows.length - 1);
      largest = kth + Math.abs(kth) * RELATIVE_TOLERANCE;
    }
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
