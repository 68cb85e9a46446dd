package com.omendb.datasets;

import java.util.Arrays;

/// The k nearest rows seen so far by one query: a max-heap of (distance, row) packed into longs.
///
/// The order of the packed longs is the order of distances, and of rows where distances are equal,
/// so the result does not depend on the order of the input. NaN sorts after every number.
final class NearestRows {
  private final long[] heap;
  private int size;

  NearestRows(int k) {
    this.heap = new long[k];
  }

  void clear() {
    size = 0;
  }

  /// The distance that a further row must not exceed to be taken.
  float bound() {
    return size < heap.length ? Float.POSITIVE_INFINITY : distanceOf(heap[0]);
  }

  /// Offers rows `firstRow`, `firstRow + 1`, ... at `distances[0..count)`.
  void offer(float[] distances, int count, int firstRow) {
    float bound = bound();
    for (int i = 0; i < count; i++) {
      // Not "<=" alone: a NaN must reach the heap while the heap is not full.
      if (!(distances[i] > bound)) {
        offer(pack(distances[i], firstRow + i));
        bound = bound();
      }
    }
  }

  /// The packed entries, nearest first; the heap is unusable until cleared.
  long[] sorted() {
    Arrays.sort(heap, 0, size);
    return heap;
  }

  static float distanceOf(long packed) {
    int key = (int) (packed >> Integer.SIZE);
    return Float.intBitsToFloat(key ^ ((key >> 31) & 0x7fff_ffff));
  }

  static int rowOf(long packed) {
    return (int) packed;
  }

  private static long pack(float distance, int row) {
    // Adding 0 turns -0 into 0, so that both zeros are equal distances.
    int bits = Float.floatToIntBits(distance + 0.0f);
    int key = bits ^ ((bits >> 31) & 0x7fff_ffff);
    return ((long) key << Integer.SIZE) | row;
  }

  private void offer(long packed) {
    if (size < heap.length) {
      siftUp(size++, packed);
    } else if (packed < heap[0]) {
      siftDown(packed);
    }
  }

  private void siftUp(int start, long packed) {
    int slot = start;
    while (slot > 0) {
      int parent = (slot - 1) >>> 1;
      if (heap[parent] >= packed) {
        break;
      }
      heap[slot] = heap[parent];
      slot = parent;
    }
    heap[slot] = packed;
  }

  private void siftDown(long packed) {
    int slot = 0;
    for (int child = 1; child < size; child = 2 * slot + 1) {
      if (child + 1 < size && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= packed) {
        break;
      }
      heap[slot] = heap[child];
      slot = child;
    }
    heap[slot] = packed;
  }
}
