package com.omendb.diskann.search;

import java.util.function.IntPredicate;

/// The nodes that a query has found, nearest first, with a key each: the estimate of the distance
/// from the codes, or the distance itself once the node's page has been read.
///
/// It is no [com.omendb.diskann.vamana.CandidateList] because what it marks is the kind of key, not
/// what has been expanded, and because nodes are taken out of it again.
///
/// Reused from query to query without allocation. Not thread-safe.
final class OpenList {
  private static final int EXACT = 1 << 31;

  private int[] nodes = new int[256];
  private float[] keys = new float[256];
  private int capacity;
  private int size;

  /// Empties the list and sets how many nodes it keeps.
  void reset(int newCapacity) {
    if (newCapacity > nodes.length) {
      nodes = new int[newCapacity];
      keys = new float[newCapacity];
    }
    capacity = newCapacity;
    size = 0;
  }

  int size() {
    return size;
  }

  int node(int position) {
    return nodes[position] & ~EXACT;
  }

  float key(int position) {
    return keys[position];
  }

  /// Whether the key at a position is the distance and not an estimate.
  boolean isExact(int position) {
    return nodes[position] < 0;
  }

  /// The key of the k-th nearest, or infinity while there are fewer.
  float keyOf(int k) {
    return size < k ? Float.POSITIVE_INFINITY : keys[k - 1];
  }

  /// Adds a node by the estimate of its distance, unless the list is full of nearer ones. The
  /// caller sees to it that a node comes once.
  ///
  /// @return whether it was added
  boolean addEstimated(int node, float estimate) {
    return add(node, estimate);
  }

  /// Adds a node by its distance, unless the list is full of nearer ones.
  void addExact(int node, float distance) {
    add(node | EXACT, distance);
  }

  /// Takes out the nodes from `first` (inclusive) to `end` (exclusive).
  void dropRange(int first, int end) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int node = nodes[i] & ~EXACT;
      if (node < first || node >= end) {
        nodes[kept] = nodes[i];
        keys[kept++] = keys[i];
      }
    }
    size = kept;
  }

  /// Takes out the nodes that a test is true of.
  void dropIf(IntPredicate unwanted) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!unwanted.test(nodes[i] & ~EXACT)) {
        nodes[kept] = nodes[i];
        keys[kept++] = keys[i];
      }
    }
    size = kept;
  }

  private boolean add(int entry, float key) {
    if (size == capacity && !(key < keys[size - 1])) {
      return false;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys[middle] <= key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int moved = Math.min(size, capacity - 1) - low;
    if (moved > 0) {
      System.arraycopy(nodes, low, nodes, low + 1, moved);
      System.arraycopy(keys, low, keys, low + 1, moved);
    }
    nodes[low] = entry;
    keys[low] = key;
    if (size < capacity) {
      size++;
    }
    return true;
  }
}
