package com.omendb.diskann.vamana;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.parts.KindParts;
import com.omendb.pq.kinds.InstalledCodes;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.util.List;

/// Graphs and parts that the tests of this module share.
public final class Fixtures {
  /// The parts of indexes of a kind that adds none.
  public static final KindParts PARTS = new KindParts(InstalledCodes.KINDS, List.of());

  private Fixtures() {}

  /// A graph with these edges.
  public static VamanaGraph graph(int[][] rows, int maxDegree, int medoid, Arena arena) {
    Adjacency adjacency = new Adjacency(arena, rows.length, maxDegree, maxDegree + 1);
    for (int node = 0; node < rows.length; node++) {
      adjacency.lock(node);
      adjacency.set(node, rows[node], rows[node].length);
      adjacency.unlock(node);
    }
    return new VamanaGraph(adjacency, medoid, false);
  }

  /// The layout that stores row `rows[i]` as node i.
  public static NodeOrder order(int[] rows, Arena arena) {
    return new NodeOrder(arena.allocateFrom(NativeMemory.INT, rows), arena);
  }
}
