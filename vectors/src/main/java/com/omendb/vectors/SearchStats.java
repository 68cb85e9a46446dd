package com.omendb.vectors;

/// What one search cost.
///
/// @param rounds times that the search waited for a set of pages (hops of the beam)
/// @param expanded nodes whose neighbours were looked at
/// @param pageReads pages read from the SSD
/// @param cacheHits pages that were wanted and already in memory
/// @param bytesRead bytes read from the SSD
/// @param approximateDistances distances estimated from codes
/// @param exactDistances distances computed from full vectors
/// @param waitNanos time spent waiting for pages
/// @param totalNanos time of the whole search
public record SearchStats(
    int rounds,
    int expanded,
    int pageReads,
    int cacheHits,
    long bytesRead,
    int approximateDistances,
    int exactDistances,
    long waitNanos,
    long totalNanos) {}
