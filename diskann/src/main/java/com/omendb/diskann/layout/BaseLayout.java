package com.omendb.diskann.layout;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.BasePagesWriter;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.GraphWalk;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.function.IntToLongFunction;

/// The place of every node of a base layer: which row it is, and which nodes share a page.
///
/// @param order which row each node is
/// @param pageStarts nodes that should begin a page
public record BaseLayout(NodeOrder order, BitSet pageStarts) {

  /// Lays out a graph: a walk through it first, then pages packed along the walk.
  ///
  /// @param vectorIds the id that searches return for a row
  /// @param scratch for what is not needed afterwards
  /// @param arena holds the order
  public static BaseLayout of(
      NodeSpace space,
      Metric metric,
      VamanaGraph graph,
      IntToLongFunction vectorIds,
      Arena scratch,
      Arena arena,
      Progress progress) {
    int nodeCount = space.count();
    BitSet pageStarts = new BitSet(nodeCount);
    progress.phase("order nodes", 0);
    MemorySegment walk = GraphWalk.of(space, graph.adjacency(), graph.medoid(), scratch);
    MemorySegment recordBytes = AlignedMemory.allocate(scratch, (long) nodeCount * Short.BYTES, 64);
    progress.phase("size records", nodeCount);
    new BasePagesWriter(
            space.vectors(), metric, graph, new NodeOrder(walk, scratch), new BitSet(), vectorIds)
        .measure(recordBytes, progress);
    progress.phase("pack pages", nodeCount);
    int room = BasePageFormat.recordRoom(pageBytes(recordBytes, nodeCount));
    MemorySegment packed =
        PagePacking.pack(
            space, graph.adjacency(), walk, recordBytes, room, pageStarts, progress, arena);
    return new BaseLayout(new NodeOrder(packed, arena), pageStarts);
  }

  /// Bytes that laying out takes beside the graph and its vectors, what it leaves included.
  public static long bytes(long nodeCount) {
    return PagePacking.bytes(nodeCount) + 2 * NodeOrder.bytes(nodeCount);
  }

  private static int pageBytes(MemorySegment recordBytes, int nodeCount) {
    int largest = 0;
    for (long row = 0; row < nodeCount; row++) {
      largest =
          Math.max(largest, Short.toUnsignedInt(recordBytes.getAtIndex(NativeMemory.SHORT, row)));
    }
    return BasePageFormat.pageBytesFor(largest);
  }
}
