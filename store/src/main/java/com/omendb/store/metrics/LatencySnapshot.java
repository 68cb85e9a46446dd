package com.omendb.store.metrics;

/// Latencies up to a moment. Immutable and thread-safe.
public final class LatencySnapshot {
  private final long[] counts;
  private final long count;
  private final long sumNanos;
  private final long maxNanos;

  LatencySnapshot(long[] counts, long count, long sumNanos, long maxNanos) {
    this.counts = counts;
    this.count = count;
    this.sumNanos = sumNanos;
    this.maxNanos = maxNanos;
  }

  /// {@return how many times were recorded}
  public long count() {
    return count;
  }

  /// {@return their sum}
  public long sumNanos() {
    return sumNanos;
  }

  /// {@return the longest, exactly}
  public long maxNanos() {
    return maxNanos;
  }

  /// {@return the time that `percent` of all take at the most, at most 1/32 above the true one,
  /// never below; 0 if there is none}
  ///
  /// @param percent above 0, up to 100
  /// @throws IllegalArgumentException if it is out of range
  public long percentileNanos(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent out of range 0..100: percent=" + percent);
    }
    long rank = Math.clamp((long) Math.ceil(percent / 100 * count), 1, Math.max(1, count));
    long below = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      below += counts[bucket];
      if (below >= rank) {
        return Math.min(maxNanos, LatencyBuckets.upperNanos(bucket));
      }
    }
    return maxNanos;
  }

  /// {@return how many took at most so long; exact for powers of two}
  ///
  /// @param nanos nanoseconds
  public long countAtMost(long nanos) {
    long sum = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      if (LatencyBuckets.upperNanos(bucket) > nanos) {
        break;
      }
      sum += counts[bucket];
    }
    return sum;
  }
}
