package com.omendb.store;

/// One neighbour that a search found.
///
/// @param id vectorId: its row in the input, or the id that the caller gave it
/// @param distance exact, in the index's metric; smaller is nearer
public record Neighbour(long id, float distance) {}
