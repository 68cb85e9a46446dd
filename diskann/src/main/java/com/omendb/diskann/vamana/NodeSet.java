package com.omendb.diskann.vamana;

import java.util.Arrays;

/// A set of nodes for one search: open addressing over ints, kept between searches.
///
/// Adding allocates only when the set outgrows every earlier search. Not thread-safe.
public final class NodeSet {
  private static final int EMPTY = -1;

  private int[] table;
  private int mask;
  private int size;

  /// A set with room for about `expected` nodes.
  public NodeSet(int expected) {
    table = new int[NodeHash.tableLength(expected)];
    mask = table.length - 1;
    Arrays.fill(table, EMPTY);
  }

  /// Removes every node.
  public void clear() {
    if (size > 0) {
      Arrays.fill(table, EMPTY);
      size = 0;
    }
  }

  /// Nodes in the set.
  public int size() {
    return size;
  }

  /// Adds a node, which must not be negative; false if it was in the set already.
  public boolean add(int node) {
    int slot = NodeHash.slot(node, mask);
    while (table[slot] != EMPTY) {
      if (table[slot] == node) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = node;
    if (++size * 2 > table.length) {
      grow();
    }
    return true;
  }

  /// Whether a node is in the set.
  public boolean contains(int node) {
    int slot = NodeHash.slot(node, mask);
    while (table[slot] != EMPTY) {
      if (table[slot] == node) {
        return true;
      }
      slot = (slot + 1) & mask;
    }
    return false;
  }

  private void grow() {
    int[] old = table;
    table = new int[old.length * 2];
    mask = table.length - 1;
    Arrays.fill(table, EMPTY);
    size = 0;
    for (int node : old) {
      if (node != EMPTY) {
        add(node);
      }
    }
  }
}
