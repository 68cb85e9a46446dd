package com.omendb.diskann.search;

/// Chooses the nodes of the base layer at which a search enters. Thread-safe; its finders are not.
public interface EntrySelector {

  /// A finder with scratch of its own for one thread.
  Finder newFinder();

  /// Finds entry nodes for one query after another.
  interface Finder {
    /// Writes entry nodes into `entries`, nearest first, and returns how many, at least one.
    ///
    /// @param queryAddress native address of the query, prepared as [ExactDistance] expects it
    int find(long queryAddress, int[] entries);

    /// Exact distances that the last find computed.
    int distanceCount();
  }

  /// Always enters at one node.
  static EntrySelector fixed(int node) {
    return () ->
        new Finder() {
          @Override
          public int find(long queryAddress, int[] entries) {
            entries[0] = node;
            return 1;
          }

          @Override
          public int distanceCount() {
            return 0;
          }
        };
  }
}
