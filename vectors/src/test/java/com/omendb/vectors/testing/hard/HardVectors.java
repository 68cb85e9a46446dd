package com.omendb.vectors.testing.hard;

import com.omendb.vectors.VectorSource;

/// Generated vectors that are hard to index, and queries for them.
///
/// @param base what is indexed
/// @param queries of the same type and dimension
public record HardVectors(VectorSource base, VectorSource queries) {}
