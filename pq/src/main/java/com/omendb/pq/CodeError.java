package com.omendb.pq;

/// How far distances estimated from codes are from the true ones, measured over pairs of a raw
/// query and an encoded row.
///
/// Figures are of squared Euclidean distances unless said otherwise, between unit-length copies if
/// the code normalizes; an estimated cosine distance is half such a distance, so its `offset` is
/// half of this one, and its relative error this one divided by the square root of two.
///
/// @param meanSquaredResidual mean squared distance from a row to its decoded code
/// @param offset mean of `estimate - true`. It depends on the pairs: over random ones it is about
///   minus the residual; between near neighbours, whose residuals are alike, it is positive. What
///   corrects the estimates of a search is the offset of near pairs
/// @param relativeError standard deviation of `(estimate - true) / sqrt(true)`; the error of an
///   estimate near the true distance `t` is about `relativeError * sqrt(t)`
/// @param innerProductOffset mean of `estimate - true` of the negated inner product, a unit of the
///   query's length
/// @param innerProductError standard deviation of the same
public record CodeError(
    double meanSquaredResidual,
    double offset,
    double relativeError,
    double innerProductOffset,
    double innerProductError) {}
