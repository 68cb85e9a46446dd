package com.omendb.diskann.repair;

import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// The row of each node of a damaged index: the nodes that are left have the rows 0, 1, ..., in
/// order, and those that are lost have the places 0, 1, ..., in order, of lost nodes.
///
/// Immutable and thread-safe; lives as long as the arena of its memory.
final class RowNumbers {
  private final MemorySegment numbers;
  private final MemorySegment lostNodes;
  private final int lostCount;

  /// Numbers the nodes of an index.
  ///
  /// @param left the nodes that are left
  RowNumbers(BitSet left, int nodeCount, Arena arena) {
    this.numbers = AlignedMemory.allocate(arena, (long) nodeCount * Integer.BYTES, 64);
    this.lostCount = nodeCount - left.cardinality();
    this.lostNodes =
        AlignedMemory.allocate(arena, Math.max(1, (long) lostCount * Integer.BYTES), 64);
    int row = 0;
    int lost = 0;
    for (int node = 0; node < nodeCount; node++) {
      if (left.get(node)) {
        numbers.setAtIndex(NativeMemory.INT, node, row++);
      } else {
        lostNodes.setAtIndex(NativeMemory.INT, lost, node);
        numbers.setAtIndex(NativeMemory.INT, node, -1 - lost++);
      }
    }
  }

  /// Native bytes of the numbers of so many nodes.
  static long bytes(long nodeCount) {
    return nodeCount * Integer.BYTES;
  }

  /// Nodes that are lost.
  int lostCount() {
    return lostCount;
  }

  /// The row of a node, or if it is lost, -1 less its place among the lost.
  int number(int node) {
    return numbers.getAtIndex(NativeMemory.INT, node);
  }

  /// The lost node at a place.
  int lostNode(int place) {
    return lostNodes.getAtIndex(NativeMemory.INT, place);
  }
}
