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

  /// Takes part of the budget until the reservation is closed.
  ///
  /// @param purpose what the memory is for; equal purposes add up in [#reservedByPurpose()]
  /// @throws MemoryBudgetException when the bytes do not fit beside what is reserved already
  public synchronized Reservation reserve(String purpose, long bytes) {
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
    return new Held(purpose, bytes);
  }

  /// What is reserved now for each purpose, in the order of the first reservation of each.
  public synchronized Map<String, Long> reservedByPurpose() {
    return new LinkedHashMap<>(reservedByPurpose);
  }

  private synchronized void release(Held held) {
    if (held.closed) {
      return;
    }
    held.closed = true;
    reservedBytes -= held.bytes;
    reservedByPurpose.computeIfPresent(
        held.purpose, (_, bytes) -> bytes == held.bytes ? null : bytes - held.bytes);
  }

  /// A part of a budget, held until closed.
  public interface Reservation extends AutoCloseable {
    /// How much is held.
    long bytes();

    /// Gives the bytes back; a second call does nothing.
    @Override
    void close();
  }

  private final class Held implements Reservation {
    private final String purpose;
    private final long bytes;
    private boolean closed; // guarded by the budget

    Held(String purpose, long bytes) {
      this.purpose = purpose;
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      release(this);
    }
  }
}
