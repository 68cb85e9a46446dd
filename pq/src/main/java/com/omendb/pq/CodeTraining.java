package com.omendb.pq;

/// How a code is trained, whatever its kind. Immutable.
///
/// @param seed decides all that is random; the same seed and vectors give the same codebook,
///   whatever the thread count
/// @param threads threads to train with
/// @param normalize whether to train on and encode unit-length copies, as the cosine metric needs
public record CodeTraining(long seed, int threads, boolean normalize) {}
