package com.omendb.diskann.search;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Space;
import com.omendb.vectors.kernels.DistanceKernels;

/// The exact distance between a prepared query and a stored vector: for float32 under cosine both
/// have unit length and the cosine distance is half their squared distance, which keeps its digits
/// however near they are; else both are as the user gave them.
///
/// Immutable and thread-safe.
public final class ExactDistance {
  private static final float MAX_COSINE_DISTANCE = 2;

  private final DistanceKernel kernel;
  private final boolean unitLength;
  private final boolean floats;

  /// The exact distance of an index.
  public ExactDistance(Space space) {
    this.unitLength = space.unitLength();
    this.floats = space.elementType() == ElementType.FLOAT32;
    this.kernel =
        DistanceKernels.of(
            unitLength ? Metric.SQUARED_L2 : space.metric(),
            space.elementType(),
            space.dimension());
  }

  /// The distance between the vectors at two native addresses.
  public float between(long queryAddress, long vectorAddress) {
    float distance = kernel.distance(queryAddress, vectorAddress);
    return unitLength ? cosine(distance) : distance;
  }

  /// The distance before it is rounded to the float of [#between], where the kernel knows more:
  /// integers beyond 2^24 keep their order. Its order never contradicts that of the floats.
  double preciselyBetween(long queryAddress, long vectorAddress) {
    return floats
        ? between(queryAddress, vectorAddress)
        : kernel.preciseDistance(queryAddress, vectorAddress);
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

  private static float cosine(float squaredDistance) {
    return Math.min(squaredDistance / 2, MAX_COSINE_DISTANCE);
  }
}
