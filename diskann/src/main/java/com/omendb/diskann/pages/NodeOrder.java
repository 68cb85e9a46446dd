package com.omendb.diskann.pages;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Which row of the input each node of the disk layout is, and back.
///
/// The layout numbers nodes by page position, so an order that places neighbours beside each other
/// saves page reads. Immutable and thread-safe; lives as long as the arena of its memory.
public final class NodeOrder {
  private final MemorySegment rowOfNode;
  private final MemorySegment nodeOfRow;

  /// An order from the rows in the order in which they are to be stored, an int each.
  public NodeOrder(MemorySegment rowOfNode, Arena arena) {
    this.rowOfNode = rowOfNode;
    this.nodeOfRow = arena.allocate(rowOfNode.byteSize(), 64);
    int count = (int) (rowOfNode.byteSize() / Integer.BYTES);
    for (int node = 0; node < count; node++) {
      nodeOfRow.setAtIndex(NativeMemory.INT, row(node), node);
    }
  }

  /// Native bytes of an order, without the rows that it is made from.
  public static long bytes(long nodeCount) {
    return nodeCount * Integer.BYTES;
  }

  /// The row that is stored as `node`.
  public int row(int node) {
    return rowOfNode.getAtIndex(NativeMemory.INT, node);
  }

  /// The node that stores `row`.
  public int node(int row) {
    return nodeOfRow.getAtIndex(NativeMemory.INT, row);
  }
}
