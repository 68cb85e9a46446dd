package com.omendb.diskann.repair;

/// How the pages of a base layer are laid out: what its header says, or what was made out without
/// it.
///
/// @param pageBytes bytes a page
/// @param pageCount pages, those included that the file is too short for
/// @param nodeCount nodes of the index
/// @param baseBits of the neighbour lists
/// @param medoid node at which searches enter; -1 if that is not known
/// @param maxDegree R of the graph
/// @param headerDamage why the header could not be used; empty if it is whole
record PageShape(
    int pageBytes,
    int pageCount,
    int nodeCount,
    int baseBits,
    int medoid,
    int maxDegree,
    String headerDamage) {}
