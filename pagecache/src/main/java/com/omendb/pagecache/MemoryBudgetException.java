package com.omendb.pagecache;

/// A memory budget that is too small for what was asked of it; it says the smallest that works.
public final class MemoryBudgetException extends IllegalArgumentException {
  private static final long BYTES_PER_MB = 1_000_000;

  private final long smallestBudgetBytes;

  /// @param what what did not fit, one short clause
  /// @param smallestBudgetBytes the smallest budget with which it would have fitted
  public MemoryBudgetException(String what, long smallestBudgetBytes, long totalBytes) {
    super(
        "%s: the smallest memory budget that works is %d bytes (%d MB), given totalBytes=%d"
            .formatted(
                what,
                smallestBudgetBytes,
                Math.ceilDiv(smallestBudgetBytes, BYTES_PER_MB),
                totalBytes));
    this.smallestBudgetBytes = smallestBudgetBytes;
  }

  /// The smallest budget, in bytes, with which the request would have fitted.
  public long smallestBudgetBytes() {
    return smallestBudgetBytes;
  }
}
