package com.omendb.tools.bench;

/// How often searches took how long, in buckets of at most 1.6% width: nothing is allocated for a
/// value, and histograms of several threads add up. Not thread-safe.
final class LatencyHistogram {
  private static final int SUB_BITS = 6;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;

  private final long[] counts = new long[SUB_BUCKETS * (Long.SIZE - SUB_BITS)];
  private long count;
  private double sumNanos;
  private long maxNanos;

  /// Counts a value.
  void record(long nanos) {
    counts[bucket(nanos)]++;
    count++;
    sumNanos += nanos;
    maxNanos = Math.max(maxNanos, nanos);
  }

  /// Adds another histogram's values.
  void add(LatencyHistogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    count += other.count;
    sumNanos += other.sumNanos;
    maxNanos = Math.max(maxNanos, other.maxNanos);
  }

  long count() {
    return count;
  }

  double meanMicros() {
    return sumNanos / count / 1e3;
  }

  double maxMicros() {
    return maxNanos / 1e3;
  }

  /// The middle of the bucket of the smallest value that `percent` of all do not exceed.
  double percentileMicros(double percent) {
    long rank = Math.max(1, (long) Math.ceil(percent / 100 * count));
    int bucket = 0;
    for (long seen = counts[0]; seen < rank && bucket < counts.length - 1; ) {
      bucket++;
      seen += counts[bucket];
    }
    return Math.min(middleNanos(bucket), maxNanos) / 1e3;
  }

  private static int bucket(long nanos) {
    if (nanos < SUB_BUCKETS) {
      return (int) Math.max(0, nanos);
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - SUB_BITS;
    return (shift + 1) * SUB_BUCKETS + (int) ((nanos >>> shift) - SUB_BUCKETS);
  }

  private static double middleNanos(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    double width = (double) (1L << shift);
    return (bucket % SUB_BUCKETS + SUB_BUCKETS + 0.5) * width;
  }
}
