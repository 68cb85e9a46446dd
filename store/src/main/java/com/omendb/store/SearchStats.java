package com.omendb.store;

/// What one search cost.
///
/// Time not spent waiting was spent computing. Of a search in a batch, waiting includes the time in
/// which the thread worked for others of the batch.
///
/// @param rounds times that the search asked for a set of pages (hops of the beam)
/// @param expanded nodes whose neighbours were looked at
/// @param pageReads pages read from the SSD
/// @param cacheHits pages that were wanted and already in memory
/// @param wastedReads pages read from the SSD of which no vector came into the result
/// @param skippedPages pages that the search went on without, because they could not be read or are
///   damaged: neighbours may be missing then. Always 0 unless the request was `degraded`
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
    int wastedReads,
    int skippedPages,
    long bytesRead,
    int approximateDistances,
    int exactDistances,
    long waitNanos,
    long totalNanos) {

  /// Time spent computing.
  public long computeNanos() {
    return totalNanos - waitNanos;
  }
}
