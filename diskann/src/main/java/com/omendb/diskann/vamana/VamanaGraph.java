package com.omendb.diskann.vamana;

/// A finished graph: every row holds at most maxDegree edges, every node can be reached from the
/// medoid.
///
/// @param adjacency the out-edges of every node
/// @param medoid the node nearest to the mean of the vectors
public record VamanaGraph(Adjacency adjacency, int medoid) {}
