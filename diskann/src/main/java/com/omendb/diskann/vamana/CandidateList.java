package com.omendb.diskann.vamana;

/// The candidate list of a best-first search: at most `capacity` nodes, nearest first, each either
/// expanded or not. Nodes leave it only for nearer ones, which its cursor relies on.
///
/// Reused from search to search without allocation. Not thread-safe.
public final class CandidateList {
  private static final int EXPANDED = 1 << 31;

  private int[] nodes;
  private float[] distances;
  private int capacity;
  private int size;
  // No candidate before this position is unexpanded.
  private int cursor;

  /// A list that can grow to `largestCapacity` without allocating.
  public CandidateList(int largestCapacity) {
    this.nodes = new int[largestCapacity + 1];
    this.distances = new float[largestCapacity + 1];
  }

  /// Empties the list and sets how many candidates it keeps.
  public void reset(int newCapacity) {
    if (newCapacity >= nodes.length) {
      nodes = new int[newCapacity + 1];
      distances = new float[newCapacity + 1];
    }
    capacity = newCapacity;
    size = 0;
    cursor = 0;
  }

  /// How many candidates the list keeps.
  public int capacity() {
    return capacity;
  }

  /// Candidates in the list.
  public int size() {
    return size;
  }

  /// The node at a position.
  public int node(int position) {
    return nodes[position] & ~EXPANDED;
  }

  /// The distance at a position.
  public float distance(int position) {
    return distances[position];
  }

  /// Whether the node at a position has been expanded.
  public boolean isExpanded(int position) {
    return nodes[position] < 0;
  }

  /// Marks the node at a position as expanded.
  public void markExpanded(int position) {
    nodes[position] |= EXPANDED;
  }

  /// The distance that a node must stay below to be kept.
  public float bound() {
    return size < capacity ? Float.POSITIVE_INFINITY : distances[size - 1];
  }

  /// Adds an unexpanded node unless the list is full of nearer ones; equal distances keep the order
  /// in which they came. The caller sees to it that a node comes once.
  public boolean add(int node, float distance) {
    int place = place(distance);
    if (place == capacity) {
      return false;
    }
    insert(place, node, distance);
    return true;
  }

  /// Where a node at a distance belongs: behind all that are as near. The capacity if the list is
  /// full of nearer ones.
  public int place(float distance) {
    if (size == capacity && !(distance < distances[size - 1])) {
      return capacity;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (distances[middle] <= distance) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Adds an unexpanded node at its [#place], which must be below the capacity.
  public void insert(int low, int node, float distance) {
    int moved = Math.min(size, capacity - 1) - low;
    if (moved > 0) {
      System.arraycopy(nodes, low, nodes, low + 1, moved);
      System.arraycopy(distances, low, distances, low + 1, moved);
    }
    nodes[low] = node;
    distances[low] = distance;
    if (size < capacity) {
      size++;
    }
    if (low < cursor) {
      cursor = low;
    }
  }

  /// The position of the nearest unexpanded candidate, or -1 if all are expanded.
  public int nearestUnexpanded() {
    while (cursor < size && nodes[cursor] < 0) {
      cursor++;
    }
    return cursor < size ? cursor : -1;
  }
}
