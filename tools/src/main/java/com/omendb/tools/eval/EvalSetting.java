package com.omendb.tools.eval;

/// The knobs of a search that an evaluation turns.
///
/// @param searchListSize L, candidates kept
/// @param beamWidth W, page requests in flight
public record EvalSetting(int searchListSize, int beamWidth) {}
