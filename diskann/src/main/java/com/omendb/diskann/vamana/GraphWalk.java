package com.omendb.diskann.vamana;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An order of all nodes in which consecutive nodes are near each other: a walk that steps from a
/// node to its nearest neighbour not visited yet, goes back along its trail where there is none,
/// and starts anew where that leads nowhere.
///
/// Work done in this order finds its vectors in the processor's caches, and pages filled in it hold
/// neighbours together.
public final class GraphWalk {
  private static final int TRAIL = 64;

  private final NodeSpace space;
  private final Adjacency graph;
  private final NodeBits visited;
  private final int[] row;
  private final float[] rowDistances;
  private final int[] trail = new int[TRAIL];
  private int trailEnd;
  private int trailLength;

  private GraphWalk(NodeSpace space, Adjacency graph, Arena arena) {
    this.space = space;
    this.graph = graph;
    this.visited = new NodeBits(graph.nodeCount(), arena);
    this.row = new int[graph.slots()];
    this.rowDistances = new float[graph.slots()];
  }

  /// The nodes of a graph in the order of a walk from `start`: an int a node, in memory of the
  /// arena.
  public static MemorySegment of(NodeSpace space, Adjacency graph, int start, Arena arena) {
    MemorySegment order = arena.allocate(bytes(graph.nodeCount()), 64);
    try (Arena meanwhile = Arena.ofConfined()) {
      new GraphWalk(space, graph, meanwhile).walk(start, order);
    }
    return order;
  }

  /// Native bytes of an order.
  public static long bytes(long nodeCount) {
    return nodeCount * Integer.BYTES;
  }

  private void walk(int start, MemorySegment order) {
    int nodeCount = graph.nodeCount();
    int nextStart = 0;
    int node = start;
    for (long position = 0; position < nodeCount; position++) {
      order.setAtIndex(NativeMemory.INT, position, node);
      visited.add(node);
      remember(node);
      node = next(node);
      if (node < 0 && position + 1 < nodeCount) {
        nextStart = (int) visited.nextMissing(nextStart, nodeCount);
        node = nextStart;
      }
    }
  }

  // The nearest unvisited neighbour of the node, or of the last one on the trail that has any.
  private int next(int node) {
    int nearest = nearestUnvisited(node);
    while (nearest < 0 && trailLength > 0) {
      trailLength--;
      trailEnd = (trailEnd + TRAIL - 1) % TRAIL;
      nearest = nearestUnvisited(trail[trailEnd]);
    }
    return nearest;
  }

  private void remember(int node) {
    trail[trailEnd] = node;
    trailEnd = (trailEnd + 1) % TRAIL;
    trailLength = Math.min(TRAIL, trailLength + 1);
  }

  private int nearestUnvisited(int node) {
    int degree = graph.copy(node, row);
    int unvisited = 0;
    for (int i = 0; i < degree; i++) {
      if (!visited.contains(row[i])) {
        row[unvisited++] = row[i];
      }
    }
    space.distances(node, row, unvisited, rowDistances);
    int nearest = -1;
    float nearestDistance = Float.POSITIVE_INFINITY;
    for (int i = 0; i < unvisited; i++) {
      if (rowDistances[i] < nearestDistance) {
        nearestDistance = rowDistances[i];
        nearest = row[i];
      }
    }
    return nearest;
  }
}
