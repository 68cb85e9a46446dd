package com.omendb.tools.eval;

/// What one setting reached and what it cost, over every query.
///
/// @param setting the knobs used
/// @param queryCount queries searched
/// @param k neighbours wanted
/// @param threads threads that searched
/// @param batchSize queries that a thread gave to the index at a time
/// @param recall share of the true k nearest that came back, scored by distance
/// @param seconds from the first query's start to the last one's end
/// @param latencyMicrosMean mean time of a search
/// @param latencyMicrosP50 half of the searches took no longer
/// @param latencyMicrosP99 99 of 100 searches took no longer
/// @param costs mean of what a search did
/// @param memoryBudgetBytes budget that the index was opened with
/// @param peakResidentBytes the process's peak so far, as the operating system counts it, JVM,
///   queries and ground truth included; 0 if unknown
/// @param residentBytesBefore what was resident before the index was opened for this setting
public record EvalRow(
    EvalSetting setting,
    int queryCount,
    int k,
    int threads,
    int batchSize,
    double recall,
    double seconds,
    double latencyMicrosMean,
    double latencyMicrosP50,
    double latencyMicrosP99,
    Costs costs,
    long memoryBudgetBytes,
    long peakResidentBytes,
    long residentBytesBefore) {

  /// Means a query.
  ///
  /// @param pageReads pages read from the SSD
  /// @param rounds times that a search waited for pages
  /// @param cacheHits pages found in memory
  /// @param wastedReads pages read from the SSD that gave nothing to the result
  /// @param skippedPages pages that could not be read and were left out
  /// @param waitMicros time that a search waited
  /// @param computeMicros time that a search computed
  /// @param bytesRead bytes read from the SSD
  /// @param approximateDistances distances estimated from codes
  /// @param exactDistances distances computed from full vectors
  public record Costs(
      double pageReads,
      double rounds,
      double cacheHits,
      double wastedReads,
      double skippedPages,
      double waitMicros,
      double computeMicros,
      double bytesRead,
      double approximateDistances,
      double exactDistances) {}

  /// Queries a second.
  public double qps() {
    return queryCount / seconds;
  }
}
