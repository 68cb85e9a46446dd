package com.omendb.store.serving;

/// Which nodes of an index may be answers of a search. A search leads through the others.
///
/// Immutable while a search uses it, and thread-safe.
public interface Accept {
  /// Whether a node may be an answer.
  boolean node(int node);

  /// How many nodes may be: a search that has seen as many has seen all.
  int count();

  /// All nodes of an index.
  ///
  /// @param nodeCount nodes of it
  static Accept all(int nodeCount) {
    return new AcceptAll(nodeCount);
  }

  /// Whether this is [#all], which needs no test of single nodes.
  default boolean acceptsAll() {
    return false;
  }
}
