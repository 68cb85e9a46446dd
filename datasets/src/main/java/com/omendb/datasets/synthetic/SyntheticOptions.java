package com.omendb.datasets.synthetic;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.range.Ranges;

/// Which vectors [SyntheticVectors] makes.
///
/// The same options always give the same vectors.
///
/// @param count number of base vectors
/// @param dimension elements a vector
/// @param elementType type of an element
/// @param clusterCount number of clusters; 0 chooses one for every 1,000 vectors, 16 to 2,048
/// @param intrinsicDimension about the local intrinsic dimension of the set, 1 to 48, as the
///   maximum likelihood estimate (Levina and Bickel, NIPS 2004) over 20 nearest neighbours shows
///   it: the higher, the harder is the search. SIFT descriptors have about 10 to 20
/// @param seed chooses one of many similar sets
public record SyntheticOptions(
    long count,
    int dimension,
    ElementType elementType,
    int clusterCount,
    int intrinsicDimension,
    long seed) {

  /// Intrinsic dimension of sets about as hard as SIFT descriptors.
  public static final int DEFAULT_INTRINSIC_DIMENSION = 16;

  static final int MAX_INTRINSIC_DIMENSION = 48;
  static final int MAX_CLUSTER_COUNT = 1 << 16;

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public SyntheticOptions {
    Ranges.require("count", count, 1, Integer.MAX_VALUE);
    Ranges.require("dimension", dimension, 1, VectorSource.MAX_DIMENSION);
    Ranges.require("clusterCount", clusterCount, 0, MAX_CLUSTER_COUNT);
    Ranges.require("intrinsicDimension", intrinsicDimension, 1, MAX_INTRINSIC_DIMENSION);
  }

  /// Options with the default number of clusters and intrinsic dimension.
  ///
  /// @param count number of base vectors
  /// @param dimension elements of a vector
  /// @param elementType type of an element
  /// @param seed chooses one of many similar sets
  /// @throws IllegalArgumentException naming the part that is out of range
  public SyntheticOptions(long count, int dimension, ElementType elementType, long seed) {
    this(count, dimension, elementType, 0, DEFAULT_INTRINSIC_DIMENSION, seed);
  }

  /// {@return the number of clusters in force: what was asked for, or what `count` suggests}
  public int effectiveClusterCount() {
    return clusterCount > 0 ? clusterCount : Math.clamp(count / 1000, 16, 2048);
  }
}
