package com.omendb.diskann.layout;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;

/// A coarse graph in which every four nodes that lie beside each other in the pages form a group,
/// joined as [MeanGraph] says.
///
/// It fits in memory where the graph over all nodes does not, and leads a search to all pages worth
/// reading at once. It serves where a page holds few vectors; else [PageGraph] does.
public final class GroupGraph {
  /// Nodes a group.
  public static final int GROUP_NODES = 4;

  private static final int MAX_DEGREE = 20;

  private GroupGraph() {}

  /// Groups of an index.
  public static int groupCount(long nodeCount) {
    return (int) ((nodeCount + GROUP_NODES - 1) / GROUP_NODES);
  }

  /// The most native bytes that [#of] takes at its peak.
  public static long bytes(VectorShape vectors) {
    return MeanGraph.bytes(vectors, vectors.elementType(), groupCount(vectors.count()), MAX_DEGREE);
  }

  /// Builds the graph over the groups of a graph over rows.
  ///
  /// @param arena for the lists and what they are made with
  public static NeighbourLists of(
      VectorSource vectors,
      Metric metric,
      VamanaGraph graph,
      NodeOrder order,
      int threads,
      Progress progress,
      Arena arena) {
    NodeGroups groups = NodeGroups.of((int) vectors.count(), GROUP_NODES);
    progress.phase("group graph", groups.count());
    return MeanGraph.of(
        vectors,
        metric,
        graph,
        order,
        groups,
        vectors.elementType(),
        MAX_DEGREE,
        threads,
        progress,
        arena);
  }
}
