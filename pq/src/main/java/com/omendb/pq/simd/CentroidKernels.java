package com.omendb.pq.simd;

/// The hot loops over the 256 centroids of one subspace.
///
/// Points and codebooks are native float32 arrays given by raw address, alignment free; the caller
/// guarantees that they are open and large enough. The codebook of a subspace of `length` columns
/// is `float[length][256]`: all centroids' first elements, then all second ones. Implementations
/// are thread-safe, allocate nothing, and agree bit for bit: each sums the columns in order, with
/// no fused multiply-add, so that a codebook does not depend on the processor that trained it.
public interface CentroidKernels {

  /// Centroids of a subspace.
  int CENTROID_COUNT = 256;

  /// Bytes from one column of a codebook to the next.
  long COLUMN_BYTES = 4L * CENTROID_COUNT;

  /// Writes the number of the nearest centroid of each point, the lowest of several equally near.
  ///
  /// @param points address of the first point's first column in this subspace
  /// @param pointStrideBytes bytes from point to point
  /// @param codes address of the first point's byte
  /// @param codeStrideBytes bytes from one written byte to the next
  void assign(
      long points,
      long pointStrideBytes,
      int count,
      long codebook,
      int length,
      long codes,
      long codeStrideBytes);

  /// Writes `float[256]`: the squared distance from one point to each centroid, times `factor`.
  void squaredDistances(long point, long codebook, int length, float factor, long target);

  /// Writes `float[256]`: minus the dot product of one point and each centroid.
  void negatedDots(long point, long codebook, int length, long target);
}
