package com.omendb.diskann.search;

import com.omendb.diskann.format.UnitLength;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.DistanceKernels;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;

/// The exact distance between a prepared query and a stored vector: for float32 under cosine both
/// have unit length and the cosine distance is one minus their inner product, kept from falling
/// below zero by rounding; else both are as the user gave them.
///
/// Immutable and thread-safe.
public final class ExactDistance {
  private final DistanceKernel kernel;
  private final boolean unitLength;

  /// The exact distance of an index.
  public ExactDistance(Metric metric, ElementType elementType, int dimension) {
    this.unitLength = UnitLength.applies(metric, elementType);
    this.kernel =
        DistanceKernels.of(unitLength ? Metric.INNER_PRODUCT : metric, elementType, dimension);
  }

  /// The distance between the vectors at two native addresses.
  public float between(long queryAddress, long vectorAddress) {
    float distance = kernel.distance(queryAddress, vectorAddress);
    return unitLength ? cosine(distance) : distance;
  }

  /// Distances from a query to `count` rows, into `distances[0..count)`.
  public void between(
      long queryAddress,
      long baseAddress,
      long strideBytes,
      int[] rows,
      int count,
      float[] distances) {
    kernel.distances(queryAddress, baseAddress, strideBytes, rows, count, distances);
    if (unitLength) {
      for (int i = 0; i < count; i++) {
        distances[i] = cosine(distances[i]);
      }
    }
  }

  private static float cosine(float negatedInnerProduct) {
    return Math.clamp(1f + negatedInnerProduct, 0f, 2f);
  }
}
