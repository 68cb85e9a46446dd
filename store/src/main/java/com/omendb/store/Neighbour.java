package com.omendb.store;

/// One neighbour that a search found.
///
/// @param id of the vector
/// @param distance exact, in the index's metric; smaller is nearer
public record Neighbour(long id, float distance) {}
