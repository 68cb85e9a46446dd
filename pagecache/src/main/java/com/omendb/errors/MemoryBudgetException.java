package com.omendb.errors;

/// A memory budget is too small. States the smallest that works.
public final class MemoryBudgetException extends IllegalArgumentException {
  private static final long BYTES_PER_KB = 1_000;
  private static final long BYTES_PER_MB = 1_000_000;

  /// See [#smallestBudgetBytes()].
  private final long smallestBudgetBytes;

  /// Says what happened.
  ///
  /// @param what what did not fit, in one short clause
  /// @param smallestBudgetBytes the smallest budget that works, in bytes
  /// @param totalBytes the given budget, in bytes
  public MemoryBudgetException(String what, long smallestBudgetBytes, long totalBytes) {
    super(
        "%s: the smallest memory budget that works is %d bytes (%s), given totalBytes=%d"
            .formatted(what, smallestBudgetBytes, rounded(smallestBudgetBytes), totalBytes));
    this.smallestBudgetBytes = smallestBudgetBytes;
  }

  // Never less than the budget: it is what the caller will ask for next.
  private static String rounded(long bytes) {
    return bytes < BYTES_PER_MB
        ? Math.ceilDiv(bytes, BYTES_PER_KB) + " kB"
        : Math.ceilDiv(bytes, BYTES_PER_MB) + " MB";
  }

  /// {@return the smallest budget, in bytes, with which the request would have fitted}
  public long smallestBudgetBytes() {
    return smallestBudgetBytes;
  }
}
