package com.omendb.diskann.vamana;

/// Inserts nodes into a graph, on one thread of several that may do so side by side:
///
/// 1. search from the medoid; the expanded nodes are its candidates;
/// 2. prune them, with the edges it already has, to its new row;
/// 3. offer the reverse edge to each new neighbour, which prunes its own row when that is full.
///
/// Rows change under their own lock and no thread holds two, so threads cannot deadlock.
public final class NodeInserter {
  private final NodeSpace space;
  private final Adjacency graph;
  private final int medoid;
  private final GreedySearch search;
  private final RobustPrune prune;
  private final int[] row;
  private final float[] rowDistances;
  private final int[] chosen;
  private final int[] reversePruned;
  private final float alpha;
  private final boolean fill;
  private final int listSize;

  /// An inserter for one thread.
  ///
  /// @param medoid where searches begin
  /// @param alpha prune slack
  /// @param fill whether rows take the nearest of what a prune leaves out
  /// @param listSize L of the searches
  public NodeInserter(
      NodeSpace space, Adjacency graph, int medoid, float alpha, boolean fill, int listSize) {
    this.space = space;
    this.graph = graph;
    this.medoid = medoid;
    this.alpha = alpha;
    this.fill = fill;
    this.listSize = listSize;
    this.search = new GreedySearch(space, graph, listSize);
    this.prune = new RobustPrune(space, graph.maxDegree());
    this.row = new int[graph.slots()];
    this.rowDistances = new float[graph.slots()];
    this.chosen = new int[graph.maxDegree()];
    this.reversePruned = new int[graph.maxDegree()];
  }

  /// Gives a node its edges, and edges to it to the nodes that these lead to.
  public void insert(int node) {
    search.search(node, medoid, listSize);
    prune.clear();
    for (int i = 0; i < search.expandedCount(); i++) {
      prune.add(search.expandedNode(i), search.expandedDistance(i));
    }
    int count;
    graph.lock(node);
    try {
      addRow(node);
      count = prune.prune(node, alpha, fill, chosen);
      graph.set(node, chosen, count);
    } finally {
      graph.unlock(node);
    }
    for (int i = 0; i < count; i++) {
      addReverseEdge(chosen[i], node);
    }
  }

  private void addReverseEdge(int node, int neighbour) {
    if (graph.contains(node, neighbour)) {
      return;
    }
    graph.lock(node);
    try {
      if (graph.contains(node, neighbour) || graph.append(node, neighbour)) {
        return;
      }
      prune.clear();
      addRow(node);
      prune.add(neighbour, space.distance(node, neighbour));
      graph.set(node, reversePruned, prune.prune(node, alpha, fill, reversePruned));
    } finally {
      graph.unlock(node);
    }
  }

  /// Prunes a row that is longer than maxDegree.
  public void cap(int node) {
    if (graph.degree(node) <= graph.maxDegree()) {
      return;
    }
    graph.lock(node);
    try {
      prune.clear();
      addRow(node);
      graph.set(node, chosen, prune.prune(node, alpha, fill, chosen));
    } finally {
      graph.unlock(node);
    }
  }

  private void addRow(int node) {
    int degree = graph.copy(node, row);
    space.distances(node, row, degree, rowDistances);
    for (int i = 0; i < degree; i++) {
      prune.add(row[i], rowDistances[i]);
    }
  }
}
