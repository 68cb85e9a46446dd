package com.omendb.pagecache.memory;

import com.omendb.errors.MemoryBudgetException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A number of bytes, and how much of it is reserved for which purpose.
///
/// A budget only counts: it allocates nothing. Code that allocates reserves first. A refusal states
/// the smallest budget that would have worked, so no allocation fails later. Thread-safe.
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
