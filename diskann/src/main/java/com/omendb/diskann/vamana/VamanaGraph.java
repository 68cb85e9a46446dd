package com.omendb.diskann.vamana;

/// A finished graph: every row holds at most maxDegree edges, every node can be reached from the
/// medoid.
///
/// @param adjacency the out-edges of every node
/// @param medoid the node nearest to the mean of the vectors
/// @param inPruneOrder whether every row lists its edges in the order in which [RobustPrune] chose
///   them: the first n of a row are then what a prune to n edges would keep of it
public record VamanaGraph(Adjacency adjacency, int medoid, boolean inPruneOrder) {}
