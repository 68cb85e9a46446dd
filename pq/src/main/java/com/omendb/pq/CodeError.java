package com.omendb.pq;

/// How far distances estimated from codes are from the true ones, measured on a sample.
///
/// The last two figures are over random pairs: a raw vector as the query, another one as its code.
/// All three are of squared Euclidean distances, between unit-length copies if the quantizer
/// normalizes.
///
/// @param meanSquaredResidual mean squared distance from a vector to its decoded code
/// @param offset mean of `estimate - true`
/// @param relativeError standard deviation of `(estimate - true) / sqrt(true)`; the error of an
///   estimate near the true distance `t` is about `relativeError * sqrt(t)`
public record CodeError(double meanSquaredResidual, double offset, double relativeError) {}
