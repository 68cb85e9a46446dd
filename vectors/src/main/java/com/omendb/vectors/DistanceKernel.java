package com.omendb.vectors;

/// The distance between two vectors in native memory, for one metric, element type and dimension.
///
/// A kernel takes raw native addresses: that is the shape that the compiler turns into straight
/// SIMD code, with no bounds check a distance. The caller guarantees that both addresses hold
/// `dimension` elements of the kernel's type for as long as the call runs; alignment is free. Pure,
/// thread-safe and free of allocation.
public interface DistanceKernel {

  /// {@return the distance between the vectors at two native addresses; smaller is nearer}
  ///
  /// @param addressA native address of the first vector
  /// @param addressB native address of the second vector
  float distance(long addressA, long addressB);

  /// {@return the distance before it is rounded to a float, to order neighbours whose floats are
  /// equal} Of integer vectors it is exact for squared L2 and the inner product, and has the
  /// precision of a double for the cosine. For float32 it is [#distance].
  ///
  /// @param addressA native address of the first vector
  /// @param addressB native address of the second vector
  default double preciseDistance(long addressA, long addressB) {
    return distance(addressA, addressB);
  }

  /// Distances from one vector to `count` rows of an array of vectors, into `distances[0..count)`.
  ///
  /// @param address native address of the vector
  /// @param baseAddress native address of row 0
  /// @param strideBytes bytes from row to row
  /// @param rows at least `count` row numbers; not checked
  /// @param count number of distances
  /// @param distances receives the distance to `rows[i]` at i
  default void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    for (int i = 0; i < count; i++) {
      distances[i] = distance(address, baseAddress + rows[i] * strideBytes);
    }
  }
}
