package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;

/// Finds candidates for long edges of a node: the nodes of the [Skeleton] that a greedy search for
/// it goes through, from the medoid to its surroundings. For one thread.
final class LongEdges {
  private static final int LIST_SIZE = 10;
  private static final int MOST = 48;

  private final NodeSpace space;
  private final Skeleton skeleton;
  private final CandidateList list = new CandidateList(LIST_SIZE);
  private final NodeSet seen = new NodeSet(1024);
  private final int[] row;
  private final int[] nodes;
  private final float[] distances;
  private final int[] found = new int[MOST];

  LongEdges(NodeSpace space, Skeleton skeleton) {
    this.space = space;
    this.skeleton = skeleton;
    this.row = new int[skeleton.maxDegree()];
    this.nodes = new int[Math.max(1, row.length)];
    this.distances = new float[nodes.length];
  }

  /// The most candidates of a node.
  static int most() {
    return MOST;
  }

  /// Finds the candidates of a node and returns how many they are.
  int find(int node) {
    if (skeleton.size() == 0) {
      return 0;
    }
    list.reset(LIST_SIZE);
    seen.clear();
    int entry = skeleton.entry();
    row[0] = entry;
    seen.add(entry);
    score(node, 1);
    int count = 0;
    for (int at = list.nearestUnexpanded(); at >= 0; at = list.nearestUnexpanded()) {
      list.markExpanded(at);
      int position = list.node(at);
      if (count < MOST) {
        found[count++] = skeleton.node(position);
      }
      int degree = skeleton.copyPositions(position, row);
      int fresh = 0;
      for (int i = 0; i < degree; i++) {
        if (seen.add(row[i])) {
          row[fresh++] = row[i];
        }
      }
      score(node, fresh);
    }
    return count;
  }

  /// The candidates found last, in no order.
  int[] found() {
    return found;
  }

  private void score(int node, int count) {
    for (int i = 0; i < count; i++) {
      nodes[i] = skeleton.node(row[i]);
    }
    space.distances(node, nodes, count, distances);
    for (int i = 0; i < count; i++) {
      list.add(row[i], distances[i]);
    }
  }
}
