package com.omendb.diskann.vamana;

/// How to build a Vamana graph.
///
/// @param maxDegree R, the most out-edges a node keeps
/// @param buildListSize L of the searches that find candidates
/// @param alpha prune slack of the last pass, at least 1
/// @param threads worker threads; the graph is the same for a seed only on one
/// @param seed of the order of insertion
public record VamanaOptions(int maxDegree, int buildListSize, float alpha, int threads, long seed) {

  /// Room in a row beyond maxDegree, so that a row is pruned once for many added edges. 1.3 is the
  /// value of the DiskANN authors.
  static final float SLACK = 1.3f;

  /// The degree that a row may reach before it is pruned.
  public int slots() {
    return Math.max(maxDegree + 1, Math.round(maxDegree * SLACK));
  }
}
