package com.omendb.datasets.tables;

/// What the rows of a table are for.
public enum Content {
  /// Vectors to index.
  VECTORS,
  /// Vectors to search for.
  QUERIES,
  /// Row numbers of nearest neighbours.
  NEIGHBOURS,
  /// The distances of those.
  DISTANCES;

  /// The most elements that OmenDB reads a row of neighbours or distances.
  public static final int MAX_NEIGHBOURS = 1 << 20;

  /// {@return whether the rows are vectors, of base or queries}
  public boolean isVectors() {
    return this == VECTORS || this == QUERIES;
  }
}
