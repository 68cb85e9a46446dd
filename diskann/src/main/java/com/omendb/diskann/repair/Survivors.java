package com.omendb.diskann.repair;

import java.util.BitSet;
import java.util.SortedMap;

/// What is left of the records of a base layer.
///
/// @param shape of the pages
/// @param nodes that can be read
/// @param firstNodes of the pages that can be read
/// @param lostPages what is wrong with each page that cannot be read
/// @param ids of the records that can be read
/// @param largestDegree the most neighbours of a record
/// @param wholeFile whether the file is as it was written: header, length and every page
record Survivors(
    PageShape shape,
    BitSet nodes,
    BitSet firstNodes,
    SortedMap<Integer, String> lostPages,
    VectorIds ids,
    int largestDegree,
    boolean wholeFile) {

  /// Records that can be read.
  int count() {
    return nodes.cardinality();
  }

  /// Records that cannot.
  int lostCount() {
    return shape.nodeCount() - count();
  }

  /// R of the graph.
  int maxDegree() {
    return shape.maxDegree() >= largestDegree ? shape.maxDegree() : Math.max(4, largestDegree);
  }
}
