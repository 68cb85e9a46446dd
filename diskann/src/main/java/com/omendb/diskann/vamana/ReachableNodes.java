package com.omendb.diskann.vamana;

import java.lang.foreign.Arena;

/// The nodes of a graph that paths lead to from those that it was told to begin at. For one thread.
public final class ReachableNodes {
  private final Adjacency graph;
  private final NodeBits reachable;
  private final NodeBits pending;
  private final int[] row;

  /// No nodes yet.
  public ReachableNodes(Adjacency graph, Arena arena) {
    this.graph = graph;
    this.reachable = new NodeBits(graph.nodeCount(), arena);
    this.pending = new NodeBits(graph.nodeCount(), arena);
    this.row = new int[graph.slots()];
  }

  /// Native bytes of one.
  public static long bytes(long nodeCount) {
    return 2 * NodeBits.bytes(nodeCount);
  }

  void clear() {
    reachable.clear();
  }

  /// Adds a node and what can be reached from it; returns how many nodes are new.
  ///
  /// Goes through the nodes in order, again and again while there is any to follow: neighbours are
  /// numbered alike, so nearly all is followed in few rounds, and the rows are read in order.
  public int addFrom(int start) {
    if (!reachable.add(start)) {
      return 0;
    }
    int added = 1;
    pending.add(start);
    int end = graph.nodeCount();
    for (long round = start; round < end; round = pending.next(0, end)) {
      for (long next = round; next < end; next = pending.next(next, end)) {
        pending.remove(next);
        added += addNeighbours((int) next);
      }
    }
    return added;
  }

  private int addNeighbours(int node) {
    int added = 0;
    int degree = graph.copy(node, row);
    for (int i = 0; i < degree; i++) {
      if (reachable.add(row[i])) {
        pending.add(row[i]);
        added++;
      }
    }
    return added;
  }

  /// Whether a node is reachable.
  public boolean contains(int node) {
    return reachable.contains(node);
  }

  /// The first node from `from` on that is not reachable; the number of nodes if there is none.
  public int nextMissing(int from) {
    return (int) reachable.nextMissing(from, graph.nodeCount());
  }

  NodeBits bits() {
    return reachable;
  }
}
