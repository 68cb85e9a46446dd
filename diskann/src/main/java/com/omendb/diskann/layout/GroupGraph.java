package com.omendb.diskann.layout;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// A coarse graph over groups of nodes that lie beside each other in the pages: every four nodes
/// form a group, and a group is joined to those groups near it that its members' neighbours belong
/// to, thinned by RobustPrune.
///
/// It fits in memory where the graph over all nodes does not, and leads a search to all pages worth
/// reading at once.
public final class GroupGraph {
  /// Nodes a group.
  public static final int GROUP_NODES = 4;

  private static final int MAX_DEGREE = 20;
  private static final float ALPHA = 1.2f;

  // Edges of a member that are looked at where they are in the order of a prune: the others lead to
  // groups that the first lead to as well.
  private static final int FIRST_EDGES = 24;

  private GroupGraph() {}

  /// Groups of an index.
  public static int groupCount(long nodeCount) {
    return (int) ((nodeCount + GROUP_NODES - 1) / GROUP_NODES);
  }

  /// The most native bytes that [#of] takes at its peak.
  public static long bytes(VectorShape vectors) {
    long groups = groupCount(vectors.count());
    return groups * vectors.vectorBytes()
        + NeighbourLists.maxBytes(groups, MAX_DEGREE) / 2
        + ParallelLists.scratchBytes(MAX_DEGREE)
        + 4L * groups;
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
    int groups = groupCount(vectors.count());
    progress.phase("group graph", groups);
    NodeSpace space =
        new NodeSpace(
            GroupMeans.of(
                vectors, order, groups, group -> (int) Math.min((long) group * GROUP_NODES, vectors.count()), arena),
            metric, graph.adjacency().beforeTouch(), arena);
    return ParallelLists.of(
        groups, MAX_DEGREE, threads, () -> new Joiner(space, graph, order), progress, arena);
  }

  private static final class Joiner implements ParallelLists.Chooser {
    private final NodeSpace groups;
    private final Adjacency graph;
    private final int edges;
    private final NodeOrder order;
    private final RobustPrune prune;
    private final int[] row;
    private final int[] near;
    private final float[] distances;

    Joiner(NodeSpace groups, VamanaGraph graph, NodeOrder order) {
      this.groups = groups;
      this.graph = graph.adjacency();
      this.edges = graph.inPruneOrder() ? FIRST_EDGES : Integer.MAX_VALUE;
      this.order = order;
      this.prune = new RobustPrune(groups, MAX_DEGREE);
      this.row = new int[this.graph.slots()];
      this.near = new int[GROUP_NODES * row.length];
      this.distances = new float[near.length];
    }

    @Override
    public int choose(int group, int[] target) {
      int count = distinctNear(group);
      groups.distances(group, near, count, distances);
      prune.clear();
      for (int i = 0; i < count; i++) {
        prune.add(near[i], distances[i]);
      }
      return prune.prune(group, ALPHA, true, target);
    }

    // The other groups that neighbours of a group's members belong to, into `near`.
    private int distinctNear(int group) {
      int count = 0;
      int end = (int) Math.min((group + 1L) * GROUP_NODES, graph.nodeCount());
      for (int node = group * GROUP_NODES; node < end; node++) {
        int degree = Math.min(edges, graph.copy(order.row(node), row));
        for (int i = 0; i < degree; i++) {
          near[count++] = order.node(row[i]) / GROUP_NODES;
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
  }
}
