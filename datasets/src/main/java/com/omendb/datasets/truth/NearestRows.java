package com.omendb.datasets.truth;

/// The k nearest rows seen so far by one query: a heap with the farthest of them on top.
///
/// Rows are ordered by distance, and where distances are equal by their number, so the result does
/// not depend on the order of the input. NaN sorts after every number.
final class NearestRows {
  private final double[] distances;
  private final int[] rows;
  private int size;

  NearestRows(int k) {
    this.distances = new double[k];
    this.rows = new int[k];
  }

  void clear() {
    size = 0;
  }

  /// The distance that a further row must not exceed to be taken.
  double bound() {
    return size < rows.length ? Double.POSITIVE_INFINITY : distances[0];
  }

  /// Offers a row.
  void offer(double distance, int row) {
    // Adding 0 turns -0 into 0, so that both zeros are equal distances.
    double added = distance + 0.0;
    if (size < rows.length) {
      siftUp(size++, added, row);
    } else if (isAfter(distances[0], rows[0], added, row)) {
      siftDown(added, row, size);
    }
  }

  /// Brings the rows into their order, nearest first; no more can be offered until cleared.
  void sort() {
    for (int end = size - 1; end > 0; end--) {
      double distance = distances[end];
      int row = rows[end];
      distances[end] = distances[0];
      rows[end] = rows[0];
      siftDown(distance, row, end);
    }
  }

  /// Number of rows that were taken.
  int size() {
    return size;
  }

  /// The distance at a rank of the sorted rows.
  double distance(int rank) {
    return distances[rank];
  }

  /// The row at a rank of the sorted rows.
  int row(int rank) {
    return rows[rank];
  }

  private static boolean isAfter(double distanceA, int rowA, double distanceB, int rowB) {
    int order = Double.compare(distanceA, distanceB);
    return order != 0 ? order > 0 : rowA > rowB;
  }

  private void siftUp(int start, double distance, int row) {
    int slot = start;
    while (slot > 0) {
      int parent = (slot - 1) >>> 1;
      if (!isAfter(distance, row, distances[parent], rows[parent])) {
        break;
      }
      distances[slot] = distances[parent];
      rows[slot] = rows[parent];
      slot = parent;
    }
    distances[slot] = distance;
    rows[slot] = row;
  }

  private void siftDown(double distance, int row, int end) {
    int slot = 0;
    for (int child = 1; child < end; child = 2 * slot + 1) {
      if (child + 1 < end
          && isAfter(distances[child + 1], rows[child + 1], distances[child], rows[child])) {
        child++;
      }
      if (!isAfter(distances[child], rows[child], distance, row)) {
        break;
      }
      distances[slot] = distances[child];
      rows[slot] = rows[child];
      slot = child;
    }
    distances[slot] = distance;
    rows[slot] = row;
  }
}
