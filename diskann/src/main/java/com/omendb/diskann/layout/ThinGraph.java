package com.omendb.diskann.layout;

import com.omendb.diskann.pages.NodeOrder;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.Progress;
import java.lang.foreign.Arena;

/// The base layer's graph thinned to fewer edges a node, so that it fits in memory beside the
/// codes: a search then needs pages only for the exact distances of what it has found.
public final class ThinGraph {
  /// File name within the index.
  public static final String FILE = "thin.graph";

  /// Edges that a node keeps.
  public static final int MAX_DEGREE = 24;

  private static final float ALPHA = 1.2f;

  private ThinGraph() {}

  /// The most bytes that [#of] takes at its peak.
  public static long bytes(long nodeCount) {
    return NeighbourLists.maxBytes(nodeCount, MAX_DEGREE) / 2
        + ParallelLists.scratchBytes(MAX_DEGREE);
  }

  /// Thins a graph over rows into one over nodes.
  public static NeighbourLists of(
      NodeSpace space,
      VamanaGraph graph,
      NodeOrder order,
      int threads,
      Progress progress,
      Arena arena) {
    Adjacency adjacency = graph.adjacency();
    progress.phase("thin graph", adjacency.nodeCount());
    return ParallelLists.of(
        adjacency.nodeCount(),
        MAX_DEGREE,
        threads,
        () ->
            graph.inPruneOrder()
                ? new FirstEdges(adjacency, order)
                : new Thinner(space, adjacency, order),
        progress,
        arena);
  }

  /// Keeps the edges that a prune chose first.
  private static final class FirstEdges implements ParallelLists.Chooser {
    private final Adjacency graph;
    private final NodeOrder order;
    private final int[] neighbours;

    FirstEdges(Adjacency graph, NodeOrder order) {
      this.graph = graph;
      this.order = order;
      this.neighbours = new int[graph.slots()];
    }

    @Override
    public int choose(int node, int[] target) {
      int kept = Math.min(MAX_DEGREE, graph.copy(order.row(node), neighbours));
      for (int i = 0; i < kept; i++) {
        target[i] = order.node(neighbours[i]);
      }
      return kept;
    }
  }

  /// Prunes the edges anew.
  private static final class Thinner implements ParallelLists.Chooser {
    private final NodeSpace space;
    private final Adjacency graph;
    private final NodeOrder order;
    private final RobustPrune prune;
    private final int[] neighbours;
    private final float[] distances;

    Thinner(NodeSpace space, Adjacency graph, NodeOrder order) {
      this.space = space;
      this.graph = graph;
      this.order = order;
      this.prune = new RobustPrune(space, MAX_DEGREE);
      this.neighbours = new int[graph.slots()];
      this.distances = new float[graph.slots()];
    }

    @Override
    public int choose(int node, int[] target) {
      int row = order.row(node);
      int degree = graph.copy(row, neighbours);
      space.distances(row, neighbours, degree, distances);
      prune.clear();
      for (int i = 0; i < degree; i++) {
        prune.add(neighbours[i], distances[i]);
      }
      int kept = prune.prune(row, ALPHA, true, target);
      for (int i = 0; i < kept; i++) {
        target[i] = order.node(target[i]);
      }
      return kept;
    }
  }
}
