package com.omendb.diskann.vamana;

import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Copies of some nodes of a space whose vectors lie in a file larger than memory: first the nodes
/// of many rows are wanted, then all are copied in one pass through the file, then they are looked
/// at as often as it takes without the file.
///
/// Copies are numbered like their nodes, only without gaps: what is equal but for the number keeps
/// its order. The table is no [NodeSet] because it says where each node's copy is. Belongs to one
/// thread.
public final class NodeCopies {
  private static final int ABSENT = -1;
  // An entry of a sparse table takes a node and a position; at most four entries a node.
  private static final int TABLE_BYTES = 4 * 2 * Integer.BYTES;

  private final NodeSpace space;
  private final NodeSpace copies;
  private final int[] nodes;
  private final int[] tableNodes;
  private final int[] tablePositions;
  private final int mask;
  private int count;

  /// Room for copies.
  ///
  /// @param space the nodes
  /// @param capacity the most nodes that are copied at a time
  /// @param arena holds the copies
  public NodeCopies(NodeSpace space, int capacity, Arena arena) {
    this.space = space;
    VectorSource vectors = space.vectors();
    MemorySegment block = arena.allocate((long) capacity * vectors.vectorBytes(), 64);
    this.copies =
        new NodeSpace(
            space,
            VectorSource.dense(block, capacity, vectors.dimension(), vectors.elementType()),
            arena);
    this.nodes = new int[capacity];
    int length = NodeHash.tableLength(capacity);
    this.tableNodes = new int[length];
    this.tablePositions = new int[length];
    this.mask = length - 1;
    Arrays.fill(tableNodes, ABSENT);
  }

  /// How many nodes can be copied at a time in so much memory.
  public static int capacity(NodeSpace space, long bytes) {
    long each =
        space.vectors().vectorBytes()
            + NodeSpace.bytes(1, space.metric())
            + Integer.BYTES
            + TABLE_BYTES;
    return (int) Math.min(bytes / each, 1 << 28);
  }

  /// The nodes under the numbers that [#position] gives, until the next [#clear].
  public NodeSpace space() {
    return copies;
  }

  /// Forgets all nodes.
  public void clear() {
    count = 0;
    Arrays.fill(tableNodes, ABSENT);
  }

  /// Adds nodes to those that [#load] will copy, each as often as one likes.
  ///
  /// @return false if there may be no room for all of them; then none was added
  public boolean want(int[] wanted, int wantedCount) {
    if (count + wantedCount > nodes.length) {
      return false;
    }
    for (int i = 0; i < wantedCount; i++) {
      int slot = slot(wanted[i]);
      if (tableNodes[slot] == ABSENT) {
        tableNodes[slot] = wanted[i];
        nodes[count++] = wanted[i];
      }
    }
    return true;
  }

  /// Copies what is wanted.
  public void load() {
    Arrays.sort(nodes, 0, count);
    for (int position = 0; position < count; position++) {
      tablePositions[slot(nodes[position])] = position;
      copies.copy(space, nodes[position], position);
    }
  }

  /// Which copy is that of a node that was wanted.
  public int position(int node) {
    return tablePositions[slot(node)];
  }

  /// Which node a copy is of.
  public int node(int position) {
    return nodes[position];
  }

  // Where a node is in the table, or where it would be.
  private int slot(int node) {
    int slot = NodeHash.slot(node, mask);
    while (tableNodes[slot] != node && tableNodes[slot] != ABSENT) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
