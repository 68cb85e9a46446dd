package com.omendb.diskann.search;

import com.omendb.diskann.vamana.NodeHash;
import java.util.Arrays;

/// The nodes that a search has come across: a table of groups of four consecutive nodes with a bit
/// for each. Nodes near each other are numbered alike, so one entry often serves several, and a
/// whole group costs as little as a node: in a [com.omendb.diskann.vamana.NodeSet] each node would
/// take an entry.
///
/// Open addressing over ints, kept between searches; adding allocates only when the table outgrows
/// every earlier search. Not thread-safe.
final class SeenNodes {
  private static final int EMPTY = -1;
  private static final byte WHOLE = 0b1111;

  private int[] groups;
  private byte[] members;
  private int mask;
  private int size;

  /// A set with room for about `expected` groups.
  SeenNodes(int expected) {
    groups = new int[NodeHash.tableLength(expected)];
    members = new byte[groups.length];
    mask = groups.length - 1;
    Arrays.fill(groups, EMPTY);
  }

  void clear() {
    if (size > 0) {
      Arrays.fill(groups, EMPTY);
      size = 0;
    }
  }

  /// Adds a node, which must not be negative; false if it was there.
  boolean add(int node) {
    int slot = slot(node >>> 2);
    int bit = 1 << (node & 3);
    if ((members[slot] & bit) != 0) {
      return false;
    }
    members[slot] |= (byte) bit;
    return true;
  }

  /// Adds the nodes `4 group` to `4 group + 3`; false if any of them was there.
  boolean addGroup(int group) {
    int slot = slot(group);
    boolean fresh = members[slot] == 0;
    members[slot] = WHOLE;
    return fresh;
  }

  // The slot of a group, which is entered without members if it is not there.
  private int slot(int group) {
    int at = NodeHash.slot(group, mask);
    while (groups[at] != group) {
      if (groups[at] == EMPTY) {
        if (2 * (size + 1) > groups.length) {
          grow();
          return slot(group);
        }
        size++;
        groups[at] = group;
        members[at] = 0;
        return at;
      }
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldGroups = groups;
    byte[] oldMembers = members;
    groups = new int[oldGroups.length * 2];
    members = new byte[groups.length];
    mask = groups.length - 1;
    Arrays.fill(groups, EMPTY);
    size = 0;
    for (int i = 0; i < oldGroups.length; i++) {
      if (oldGroups[i] != EMPTY) {
        members[slot(oldGroups[i])] = oldMembers[i];
      }
    }
  }
}
