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

  /// {@return the sum of all times, in nanoseconds}
  public long sumNanos() {
    return sumNanos;
  }

  /// {@return the longest time, exactly, in nanoseconds}
  public long maxNanos() {
    return maxNanos;
  }

  /// {@return the percentile in nanoseconds: at most 1/32 above the true one, never below it; 0 if
  /// no time was recorded}
  ///
  /// @param percent greater than 0, at most 100, such as 99.9
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

  /// {@return how many times are at most `nanos`; exact for powers of two}
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
