package com.omendb.diskann.parts;

import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;

/// Compares what a part says of nodes with what their pages say. Thread-safe.
public interface PageComparison {
  /// The comparison of a part that repeats nothing of the pages.
  PageComparison NONE = new PageComparison() {};

  /// Compares the nodes of a page, which is sound by itself.
  ///
  /// @param page number of the page
  /// @param firstNode first node in it
  /// @param end one past its last node
  default void nodes(int page, int firstNode, int end) {}

  /// Compares the vector of a node.
  ///
  /// @param vectorAddress native address of the vector in its page
  default void vector(int node, long vectorAddress) {}

  /// Compares the vectors of consecutive nodes; called for a sample of all, or for all.
  ///
  /// @param vectors of the nodes from `firstNode` on
  /// @param scratch half a megabyte or more
  default void sample(int firstNode, VectorSource vectors, MemorySegment scratch) {}
}
