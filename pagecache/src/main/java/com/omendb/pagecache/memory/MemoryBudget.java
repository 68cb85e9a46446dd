package com.omendb.pagecache.memory;

import com.omendb.errors.MemoryBudgetException;
import java.util.LinkedHashMap;
import java.util.Map;

/// One number of bytes and who has reserved how much of it.
///
/// A budget only counts: it allocates nothing. Whoever is about to allocate reserves first and is
/// refused with the smallest budget that would have worked, so that nothing dies of memory later.
/// Thread-safe.
public final class MemoryBudget {
  private final long totalBytes;
  private final Map<String, Long> reservedByPurpose = new LinkedHashMap<>();
  private long reservedBytes;

  /// @param totalBytes the bound, in bytes
  public MemoryBudget(long totalBytes) {
    if (totalBytes < 0) {
      throw new IllegalArgumentException(
          "a memory budget is not negative: totalBytes=" + totalBytes);
    }
    this.totalBytes = totalBytes;
  }

  /// The bound.
  public long totalBytes() {
    return totalBytes;
  }

  /// What is reserved now.
  public synchronized long reservedBytes() {
    return reservedBytes;
  }

  /// What could still be reserved.
  public synchronized long freeBytes() {
    return totalBytes - reservedBytes;
  }

  /// Takes part of the budget, for good.
  ///
  /// @param purpose what the memory is for; equal purposes add up in [#reservedByPurpose()]
  /// @throws MemoryBudgetException when the bytes do not fit beside what is reserved already
  public synchronized void reserve(String purpose, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a reservation is not negative: bytes=" + bytes);
    }
    if (bytes > totalBytes - reservedBytes) {
      long smallest =
          Long.MAX_VALUE - bytes < reservedBytes ? Long.MAX_VALUE : reservedBytes + bytes;
      throw new MemoryBudgetException("no room for " + purpose, smallest, totalBytes);
    }
    reservedBytes += bytes;
    reservedByPurpose.merge(purpose, bytes, Long::sum);
  }

  /// What is reserved now for each purpose, in the order of the first reservation of each.
  public synchronized Map<String, Long> reservedByPurpose() {
    return new LinkedHashMap<>(reservedByPurpose);
  }
}
