package com.omendb.store.verify;

/// How to verify an index. Immutable; start from [#quick()] or [#full()].
///
/// @param isFull whether all bytes are read and checked, not only lengths and headers
/// @param allCodes whether the codes of all vectors are compared with their vectors; else those of
///   a sample, which is what [#isFull] alone does
/// @param memoryBudgetBytes bytes that the check may use
/// @param threads threads that read and check
/// @param maxDamages damages that are listed; more are only counted
public record VerifyOptions(
    boolean isFull, boolean allCodes, long memoryBudgetBytes, int threads, int maxDamages) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public VerifyOptions {
    if (memoryBudgetBytes < 1) {
      throw new IllegalArgumentException(
          "memoryBudgetBytes must be positive: memoryBudgetBytes=" + memoryBudgetBytes);
    }
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads out of range 1..1024: threads=" + threads);
    }
    if (maxDamages < 1) {
      throw new IllegalArgumentException("maxDamages must be positive: maxDamages=" + maxDamages);
    }
    if (allCodes && !isFull) {
      throw new IllegalArgumentException("only a full check looks at codes: allCodes=true");
    }
  }

  /// Manifest, lengths and headers only.
  public static VerifyOptions quick() {
    return new VerifyOptions(
        false, false, 1L << 30, Runtime.getRuntime().availableProcessors(), 1000);
  }

  /// Every byte, with codes of a sample; 1 GiB, a thread for each processor.
  public static VerifyOptions full() {
    return new VerifyOptions(
        true, false, 1L << 30, Runtime.getRuntime().availableProcessors(), 1000);
  }

  /// These options with the codes of all vectors or of a sample.
  public VerifyOptions withAllCodes(boolean all) {
    return new VerifyOptions(isFull, all, memoryBudgetBytes, threads, maxDamages);
  }

  /// These options with another budget in bytes.
  public VerifyOptions withMemoryBudgetBytes(long bytes) {
    return new VerifyOptions(isFull, allCodes, bytes, threads, maxDamages);
  }

  /// These options with another number of threads.
  public VerifyOptions withThreads(int newThreads) {
    return new VerifyOptions(isFull, allCodes, memoryBudgetBytes, newThreads, maxDamages);
  }

  /// These options with another bound on the list of damages.
  public VerifyOptions withMaxDamages(int damages) {
    return new VerifyOptions(isFull, allCodes, memoryBudgetBytes, threads, damages);
  }
}
