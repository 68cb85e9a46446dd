package com.omendb.diskann.vamana;

import java.util.Arrays;

/// GreedySearch of the DiskANN paper (Subramanya et al., NeurIPS 2019, Algorithm 1) over a graph in
/// memory, from one node of it towards another.
///
/// Owns the scratch of one thread. Not thread-safe; the graph may change while it searches.
public final class GreedySearch {
  private final NodeSpace space;
  private final Adjacency graph;
  private final CandidateList candidates;
  private final NodeSet visited;
  private final int[] row;
  private final float[] rowDistances;
  private int[] expandedNodes;
  private float[] expandedDistances;
  private int expandedCount;

  public GreedySearch(NodeSpace space, Adjacency graph, int listSize) {
    this.space = space;
    this.graph = graph;
    this.candidates = new CandidateList(listSize);
    this.visited = new NodeSet(listSize * 32);
    this.row = new int[graph.slots()];
    this.rowDistances = new float[graph.slots()];
    this.expandedNodes = new int[listSize * 2];
    this.expandedDistances = new float[listSize * 2];
  }

  /// Searches from `entry` for the nodes nearest to `target`. The candidate list L and the set of
  /// expanded nodes V can be read until the next search.
  public void search(int target, int entry, int listSize) {
    candidates.reset(listSize);
    visited.clear();
    expandedCount = 0;
    visited.add(entry);
    candidates.add(entry, space.distance(target, entry));
    for (int at = candidates.nearestUnexpanded(); at >= 0; at = candidates.nearestUnexpanded()) {
      candidates.markExpanded(at);
      int node = candidates.node(at);
      remember(node, candidates.distance(at));
      expand(target, node);
    }
  }

  private void expand(int target, int node) {
    int degree = graph.copy(node, row);
    int fresh = 0;
    for (int i = 0; i < degree; i++) {
      int neighbour = row[i];
      if (visited.add(neighbour)) {
        row[fresh++] = neighbour;
      }
    }
    space.distances(target, row, fresh, rowDistances);
    for (int i = 0; i < fresh; i++) {
      candidates.add(row[i], rowDistances[i]);
    }
  }

  private void remember(int node, float distance) {
    if (expandedCount == expandedNodes.length) {
      expandedNodes = Arrays.copyOf(expandedNodes, expandedCount * 2);
      expandedDistances = Arrays.copyOf(expandedDistances, expandedCount * 2);
    }
    expandedNodes[expandedCount] = node;
    expandedDistances[expandedCount++] = distance;
  }

  /// The list L, nearest first.
  public CandidateList candidates() {
    return candidates;
  }

  /// Nodes in V.
  public int expandedCount() {
    return expandedCount;
  }

  /// A node of V, in the order of expansion.
  public int expandedNode(int i) {
    return expandedNodes[i];
  }

  /// Its distance to the target.
  public float expandedDistance(int i) {
    return expandedDistances[i];
  }
}
