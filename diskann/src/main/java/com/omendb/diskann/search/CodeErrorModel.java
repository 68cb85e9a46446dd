package com.omendb.diskann.search;

import com.omendb.pq.CodeError;
import com.omendb.vectors.Metric;

/// How far an estimated distance may be from the true one, from what was measured at build: keys
/// are estimates without their mean error, and the error that remains is taken as normal.
///
/// Immutable and thread-safe.
final class CodeErrorModel {
  // The normal distribution function is within 0.01 of this logistic one.
  private static final double LOGISTIC = 1.702;

  private final Metric metric;
  private final CodeError error;

  CodeErrorModel(Metric metric, CodeError error) {
    this.metric = metric;
    this.error = error;
  }

  /// The mean error of an estimate, to be taken from it.
  ///
  /// @param queryNorm length of the query, which matters under the inner product
  double offset(double queryNorm) {
    return switch (metric) {
      case SQUARED_L2 -> error.offset();
      // A cosine distance is half the squared distance of unit vectors.
      case COSINE -> error.offset() / 2;
      case INNER_PRODUCT -> error.innerProductOffset() * queryNorm;
    };
  }

  /// The standard deviation of the error of estimates near `distance`.
  ///
  /// @param queryNorm length of the query, which matters under the inner product
  double deviation(float distance, double queryNorm) {
    return switch (metric) {
      case SQUARED_L2 -> error.relativeError() * error.scale(distance);
      case COSINE -> error.relativeError() * error.scale(2.0 * distance) / 2;
      case INNER_PRODUCT -> error.innerProductError() * queryNorm;
    };
  }

  /// The probability that a node with this key is nearer than `bound`.
  static double probability(float key, float bound, double deviation) {
    double distance = (double) bound - key;
    return deviation > 0
        ? 1 / (1 + Math.exp(-LOGISTIC * distance / deviation))
        : distance >= 0 ? 1 : 0;
  }
}
