package com.omendb.diskann.layout;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// A graph over groups of nodes that lie beside each other in the pages: a group is joined to those
/// groups near it that its nodes' neighbours belong to, thinned by RobustPrune (Subramanya et al.,
/// "DiskANN", NeurIPS 2019, Algorithm 2) over the means of their vectors.
final class MeanGraph implements ParallelLists.Chooser {
  private static final float ALPHA = 1.2f;

  // Edges of a node that are looked at where they are in the order of a prune: the others lead to
  // groups that the first lead to as well.
  private static final int FIRST_EDGES = 24;

  private final NodeSpace means;
  private final NodeGroups groups;
  private final Adjacency graph;
  private final int edges;
  private final NodeOrder order;
  private final RobustPrune prune;
  private final int[] row;
  private int[] near = {};
  private float[] distances = {};

  private MeanGraph(
      NodeSpace means, NodeGroups groups, int maxDegree, VamanaGraph graph, NodeOrder order) {
    this.means = means;
    this.groups = groups;
    this.graph = graph.adjacency();
    this.edges = graph.inPruneOrder() ? FIRST_EDGES : Integer.MAX_VALUE;
    this.order = order;
    this.prune = new RobustPrune(means, maxDegree);
    this.row = new int[this.graph.slots()];
  }

  /// The most native bytes that [#of] takes at its peak.
  ///
  /// @param type of the means
  static long bytes(VectorShape vectors, ElementType type, long groups, int maxDegree) {
    return groups * type.vectorBytes(vectors.dimension())
        + NeighbourLists.maxBytes(groups, maxDegree) / 2
        + ParallelLists.scratchBytes(maxDegree)
        + 4L * groups;
  }

  /// Builds the graph over groups of the nodes of a graph over rows.
  ///
  /// @param type of the means
  /// @param arena for the lists and what they are made with
  static NeighbourLists of(
      VectorSource vectors,
      Metric metric,
      VamanaGraph graph,
      NodeOrder order,
      NodeGroups groups,
      ElementType type,
      int maxDegree,
      int threads,
      Progress progress,
      Arena arena) {
    NodeSpace space =
        new NodeSpace(
            GroupMeans.of(vectors, metric, order, groups, type, arena),
            metric,
            graph.adjacency().touches(),
            arena);
    return ParallelLists.of(
        groups.count(),
        maxDegree,
        threads,
        () -> new MeanGraph(space, groups, maxDegree, graph, order),
        progress,
        arena);
  }

  @Override
  public int choose(int group, int[] target) {
    int count = distinctNear(group);
    means.distances(group, near, count, distances);
    prune.clear();
    for (int i = 0; i < count; i++) {
      prune.add(near[i], distances[i]);
    }
    return prune.prune(group, ALPHA, true, target);
  }

  // The other groups that neighbours of a group's nodes belong to, into `near`.
  private int distinctNear(int group) {
    int first = groups.firstNode(group);
    int end = groups.firstNode(group + 1);
    reserve((end - first) * row.length);
    int count = 0;
    for (int node = first; node < end; node++) {
      int degree = Math.min(edges, graph.copy(order.row(node), row));
      for (int i = 0; i < degree; i++) {
        near[count++] = groups.group(order.node(row[i]));
      }
    }
    Arrays.sort(near, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (near[i] != group && (distinct == 0 || near[distinct - 1] != near[i])) {
        near[distinct++] = near[i];
      }
    }
    return distinct;
  }

  private void reserve(int length) {
    if (length > near.length) {
      near = new int[length];
      distances = new float[length];
    }
  }
}
