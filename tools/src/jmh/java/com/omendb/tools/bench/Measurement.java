package com.omendb.tools.bench;

/// What one [QueryLoop] found.
///
/// @param recall of every query, searched at least once
/// @param queriesPerSecond over all threads
/// @param latencies of every search
/// @param expanded nodes whose neighbours were looked at, a query
/// @param approximateDistances distances estimated from codes, a query
/// @param exactDistances distances computed from full vectors, a query
/// @param pageReads pages read from the SSD, a query
record Measurement(
    double recall,
    double queriesPerSecond,
    LatencyHistogram latencies,
    double expanded,
    double approximateDistances,
    double exactDistances,
    double pageReads) {}
