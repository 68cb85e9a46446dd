package com.omendb.store;

import com.omendb.store.metrics.Metrics;

/// How to open an index. Immutable; start from [#defaults()].
///
/// @param memoryBudgetBytes bytes that the index may use for codes, layers, page frames and
///   scratch; the JVM's own fixed cost comes on top
/// @param maxSearchers searches that may run at one time; more wait. Their scratch is reserved at
///   open
/// @param directIo false to read pages through the operating system's cache instead of O_DIRECT
/// @param residency what of the index to keep in memory; AUTO lets the budget decide
/// @param readEngine how to read pages; AUTO takes the best that works here; opening fails where
///   another does not work
/// @param metrics where the index reports what it does
public record OpenOptions(
    long memoryBudgetBytes,
    int maxSearchers,
    boolean directIo,
    Residency residency,
    ReadEngine readEngine,
    Metrics metrics) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public OpenOptions {
    if (memoryBudgetBytes < 1) {
      throw new IllegalArgumentException(
          "memoryBudgetBytes must be positive: memoryBudgetBytes=" + memoryBudgetBytes);
    }
    if (maxSearchers < 1 || maxSearchers > 4096) {
      throw new IllegalArgumentException(
          "maxSearchers out of range 1..4096: maxSearchers=" + maxSearchers);
    }
  }

  /// A budget of 1 GiB, a searcher for each processor, O_DIRECT, no reports.
  public static OpenOptions defaults() {
    return new OpenOptions(
        1L << 30,
        Runtime.getRuntime().availableProcessors(),
        true,
        Residency.AUTO,
        ReadEngine.AUTO,
        Metrics.NONE);
  }

  /// These options with another budget in bytes.
  public OpenOptions withMemoryBudgetBytes(long bytes) {
    return new OpenOptions(bytes, maxSearchers, directIo, residency, readEngine, metrics);
  }

  /// These options with another number of concurrent searches.
  public OpenOptions withMaxSearchers(int searchers) {
    return new OpenOptions(memoryBudgetBytes, searchers, directIo, residency, readEngine, metrics);
  }

  /// These options with O_DIRECT on or off.
  public OpenOptions withDirectIo(boolean direct) {
    return new OpenOptions(memoryBudgetBytes, maxSearchers, direct, residency, readEngine, metrics);
  }

  /// These options with another residency.
  public OpenOptions withResidency(Residency newResidency) {
    return new OpenOptions(
        memoryBudgetBytes, maxSearchers, directIo, newResidency, readEngine, metrics);
  }

  /// These options with another way to read pages.
  public OpenOptions withReadEngine(ReadEngine engine) {
    return new OpenOptions(memoryBudgetBytes, maxSearchers, directIo, residency, engine, metrics);
  }

  /// These options with another place to report to.
  public OpenOptions withMetrics(Metrics newMetrics) {
    return new OpenOptions(
        memoryBudgetBytes, maxSearchers, directIo, residency, readEngine, newMetrics);
  }
}
