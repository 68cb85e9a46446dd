package com.omendb.pq;

/// How far distances estimated from codes are from the true ones, measured over pairs of a raw
/// query and an encoded row.
///
/// Figures are of squared Euclidean distances unless said otherwise, between unit-length copies if
/// the code normalizes; an estimated cosine distance is half such a distance, so its `offset` is
/// half of this one, and its relative error this one divided by the square root of two.
///
/// @param meanSquaredResidual mean squared distance from a row to its decoded code
/// @param offset mean of `estimate - true`, in which far pairs count less. It depends on the pairs:
///   over far ones it is about minus the residual; between near neighbours, whose residuals are
///   alike, it is positive. What corrects the estimates of a search is the offset of near pairs
/// @param relativeError standard deviation of `(estimate - true) / sqrt(true + residual / 2)`; the
///   error of an estimate near the true distance `t` is about this times [#scale] of `t`
/// @param innerProductOffset mean of `estimate - true` of the negated inner product, a unit of the
///   query's length
/// @param innerProductError standard deviation of the same
public record CodeError(
    double meanSquaredResidual,
    double offset,
    double relativeError,
    double innerProductOffset,
    double innerProductError) {

  /// What the standard deviation of an estimate near a true distance is a multiple of.
  ///
  /// An estimate is wrong by the squared residual, whose mean is known, and by twice the product of
  /// the residual with the way from the row to the query. Were residuals normal and alike in all
  /// directions, the variance of both would be as `distance + residual / 2`.
  public double scale(double distance) {
    return Math.sqrt(scaledVariance(Math.max(0, distance), meanSquaredResidual));
  }

  static double scaledVariance(double distance, double residual) {
    return distance + residual / 2;
  }
}
