package com.omendb.diskann.leaf;

import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.kernels.DistanceKernels;

/// Searches a graph that is being built as a query searches the index that is made of it: best
/// first, under the metric of the queries, along the edges that the [ThinGraph] keeps.
///
/// Owns the scratch of one thread.
final class ProbeSearch {
  private static final float ALPHA = 1.2f;

  private final NodeSpace space;
  private final DistanceKernel kernel;
  private final CandidateList candidates = new CandidateList(256);
  private final NodeSet seen = new NodeSet(4096);
  private final int[] entries;
  private int[] nodes = new int[256];
  private float[] distances = new float[256];
  private float[] queryDistances = new float[256];

  /// A search among the nodes of a space.
  ///
  /// @param entries among which a search begins at the nearest
  ProbeSearch(NodeSpace space, int[] entries) {
    this.space = space;
    this.entries = entries;
    this.kernel =
        DistanceKernels.of(
            space.metric(), space.vectors().elementType(), space.vectors().dimension());
    ensure(entries.length);
  }

  /// Searches for the nodes nearest to a query.
  ///
  /// @param query native address of a vector
  /// @return the candidates, nearest first; valid until the next search
  CandidateList search(VamanaGraph graph, long query, int listSize) {
    Adjacency rows = graph.adjacency();
    ensure(rows.slots());
    candidates.reset(listSize);
    seen.clear();
    int entry = nearestEntry(query);
    seen.add(entry);
    candidates.add(entry, distanceOf(query, entry));
    RobustPrune prune = graph.inPruneOrder() ? null : new RobustPrune(space, ThinGraph.MAX_DEGREE);
    for (int at = candidates.nearestUnexpanded(); at >= 0; at = candidates.nearestUnexpanded()) {
      candidates.markExpanded(at);
      int node = candidates.node(at);
      int degree = prune == null ? firstEdges(rows, node) : thin(rows, node, prune);
      int fresh = 0;
      for (int i = 0; i < degree; i++) {
        if (seen.add(nodes[i])) {
          nodes[fresh++] = nodes[i];
        }
      }
      score(query, fresh);
      for (int i = 0; i < fresh; i++) {
        candidates.add(nodes[i], queryDistances[i]);
      }
    }
    return candidates;
  }

  /// Distances of a query to the first `count` of some nodes.
  void distances(long query, int[] others, int count, float[] target) {
    kernel.distances(
        query, space.vectors().address(0), space.vectors().strideBytes(), others, count, target);
  }

  private int firstEdges(Adjacency rows, int node) {
    return Math.min(ThinGraph.MAX_DEGREE, rows.copy(node, nodes));
  }

  private int thin(Adjacency rows, int node, RobustPrune prune) {
    int degree = rows.copy(node, nodes);
    space.distances(node, nodes, degree, distances);
    prune.clear();
    for (int i = 0; i < degree; i++) {
      prune.add(nodes[i], distances[i]);
    }
    return prune.prune(node, ALPHA, true, nodes);
  }

  private int nearestEntry(long query) {
    System.arraycopy(entries, 0, nodes, 0, entries.length);
    score(query, entries.length);
    int nearest = 0;
    for (int i = 1; i < entries.length; i++) {
      if (queryDistances[i] < queryDistances[nearest]) {
        nearest = i;
      }
    }
    return entries[nearest];
  }

  private float distanceOf(long query, int node) {
    nodes[0] = node;
    score(query, 1);
    return queryDistances[0];
  }

  private void score(long query, int count) {
    distances(query, nodes, count, queryDistances);
  }

  private void ensure(int length) {
    if (length > nodes.length) {
      nodes = new int[length];
      distances = new float[length];
      queryDistances = new float[length];
    }
  }
}
