package com.omendb.diskann.search;

import com.omendb.diskann.format.UnitLength;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.DistanceKernels;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;

/// The exact distance between a prepared query and a stored vector: for float32 under cosine both
/// have unit length and the cosine is their inner product, else both are as the user gave them.
///
/// Immutable and thread-safe.
public final class ExactDistance {
  private final DistanceKernel kernel;
  private final float shift;

  /// The exact distance of an index.
  public ExactDistance(Metric metric, ElementType elementType, int dimension) {
    boolean unitLength = UnitLength.applies(metric, elementType);
    this.kernel =
        DistanceKernels.of(unitLength ? Metric.INNER_PRODUCT : metric, elementType, dimension);
    this.shift = unitLength ? 1f : 0f;
  }

  /// The distance between the vectors at two native addresses.
  public float between(long queryAddress, long vectorAddress) {
    return shift + kernel.distance(queryAddress, vectorAddress);
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
    if (shift != 0f) {
      for (int i = 0; i < count; i++) {
        distances[i] += shift;
      }
    }
  }
}
