package com.omendb.store.repair;

/// How to repair an index. Immutable; start from [#defaults()].
///
/// @param memoryBudgetBytes bytes that the whole process may use, as the operating system counts
///   its peak, JVM included
/// @param threads worker threads
public record RepairOptions(long memoryBudgetBytes, int threads) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public RepairOptions {
    if (memoryBudgetBytes < 1) {
      throw new IllegalArgumentException(
          "memoryBudgetBytes must be positive: memoryBudgetBytes=" + memoryBudgetBytes);
    }
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads out of range 1..1024: threads=" + threads);
    }
  }

  /// A budget of 4 GiB, a thread for each processor.
  public static RepairOptions defaults() {
    return new RepairOptions(4L << 30, Runtime.getRuntime().availableProcessors());
  }

  /// These options with another memory budget in bytes.
  public RepairOptions withMemoryBudgetBytes(long bytes) {
    return new RepairOptions(bytes, threads);
  }

  /// These options with another number of worker threads.
  public RepairOptions withThreads(int newThreads) {
    return new RepairOptions(memoryBudgetBytes, newThreads);
  }
}
