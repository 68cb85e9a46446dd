package com.omendb.diskann.search;

import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// All vectors of an index in memory, in the order of the nodes, with the vectorId of each.
///
/// Immutable once loaded and thread-safe; lives as long as the arena of its memory.
final class ResidentVectors {
  private static final int CACHE_LINE_BYTES = 64;
  private static final int TOUCHED_BYTES = 256;

  private final int vectorBytes;
  private final MemorySegment vectors;
  private final MemorySegment vectorIds;
  private @Nullable LostPages lost;

  private ResidentVectors(int nodeCount, int vectorBytes, Arena arena) {
    this.vectorBytes = vectorBytes;
    this.vectors = AlignedMemory.allocate(arena, (long) nodeCount * vectorBytes, 64);
    this.vectorIds = AlignedMemory.allocate(arena, (long) nodeCount * Long.BYTES, 64);
  }

  /// Room for the vectors of all nodes, to be filled page by page.
  static ResidentVectors allocate(int nodeCount, int vectorBytes, Arena arena) {
    return new ResidentVectors(nodeCount, vectorBytes, arena);
  }

  /// Copies the vectors of a page. Two threads may do so with two pages.
  void copyFrom(PageView page) throws MalformedPageException {
    for (int slot = 0; slot < page.recordCount(); slot++) {
      long node = (long) page.firstNode() + slot;
      MemorySegment.copy(
          NativeMemory.ALL, page.vectorAddress(slot), vectors, node * vectorBytes, vectorBytes);
      vectorIds.setAtIndex(NativeMemory.LONG, node, page.vectorId(slot));
    }
  }

  /// Vectors of the index, those that could not be copied included.
  int count() {
    return (int) (vectorIds.byteSize() / Long.BYTES);
  }

  /// Says what could not be copied.
  void lose(LostPages lostPages) {
    lost = lostPages;
  }

  /// Brings vectors into the processor's caches side by side; of long ones the beginning, which
  /// sets its own prefetcher off.
  void touch(int[] nodes, int count) {
    int bytes = Math.min(vectorBytes, TOUCHED_BYTES);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long address = vectors.address() + (long) nodes[i] * vectorBytes;
      for (int offset = 0; offset < bytes; offset += CACHE_LINE_BYTES) {
        sum += NativeMemory.ALL.get(NativeMemory.BYTE, address + offset);
      }
    }
    if (sum == Long.MIN_VALUE) {
      throw new AssertionError("a sum of bytes cannot be this small");
    }
  }

  /// What could not be loaded, or null. The memory of those nodes is zero.
  @Nullable LostPages lost() {
    return lost;
  }

  /// Native address of the vector of node 0; the others follow.
  long address() {
    return vectors.address();
  }

  /// Bytes from one vector to the next.
  int strideBytes() {
    return vectorBytes;
  }

  /// Whether two nodes have the same vector.
  boolean areEqual(int nodeA, int nodeB) {
    long offsetA = (long) nodeA * vectorBytes;
    long offsetB = (long) nodeB * vectorBytes;
    return MemorySegment.mismatch(
            vectors, offsetA, offsetA + vectorBytes, vectors, offsetB, offsetB + vectorBytes)
        < 0;
  }

  /// The vectorId of a node.
  long vectorId(int node) {
    return vectorIds.getAtIndex(NativeMemory.LONG, node);
  }
}
