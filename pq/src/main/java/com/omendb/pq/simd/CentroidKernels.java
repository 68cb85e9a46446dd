package com.omendb.pq.simd;

/// The hot loops over the 256 centroids of one subspace.
///
/// All arrays are native and given by raw address, alignment free; the caller guarantees that they
/// are open and large enough. The codebook of a subspace of `length` columns is
/// `float[length][256]`: all centroids' first elements, then all second ones. Implementations are
/// thread-safe, allocate nothing, and agree bit for bit: each sums the columns in order with fused
/// multiply-adds, so that a codebook does not depend on the processor that trained it.
public interface CentroidKernels {

  /// Centroids of a subspace.
  int CENTROID_COUNT = 256;

  /// Bytes from one column of a codebook to the next.
  long COLUMN_BYTES = 4L * CENTROID_COUNT;

  /// Points that are assigned together.
  int GROUP_POINTS = 32;

  /// Bytes from one column of a group to the next.
  long GROUP_COLUMN_BYTES = 4L * GROUP_POINTS;

  /// Writes the number of the nearest centroid of each point, the lowest of several equally near.
  ///
  /// Points come in groups of 32, column by column: a group is `float[columns][32]`.
  ///
  /// @param points address of this subspace's first column in the first group
  /// @param groupBytes bytes from group to group
  /// @param groupCount number of groups; all of them are read and written whole
  /// @param numbers address of `int[32 * groupCount]`, the centroid numbers
  void assign(
      long points, long groupBytes, int groupCount, long codebook, int length, long numbers);

  /// Writes `float[256]`: the squared distance from one point to each centroid, times `factor`.
  ///
  /// @param point address of the point's `float[length]`
  void squaredDistances(long point, long codebook, int length, float factor, long target);

  /// Writes `float[256]`: minus the dot product of one point and each centroid.
  ///
  /// @param point address of the point's `float[length]`
  void negatedDots(long point, long codebook, int length, long target);
}
