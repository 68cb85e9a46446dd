package com.omendb.store.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Counts times in buckets that grow with the time: [#PARTS] of equal width between two powers of
/// two, and one a nanosecond below `2 * PARTS`. So the bounds of a bucket differ by at most 1 part
/// in [#PARTS].
///
/// A bucket holds the times above its lower bound up to its upper bound, that included: powers of
/// two are upper bounds, and how many times lie up to one of them is exact. Adding one allocates
/// nothing. Thread-safe.
final class LatencyBuckets {
  /// Buckets between two powers of two.
  static final int PARTS = 32;

  private static final int PARTS_LOG = 5;
  private static final int COUNT = (Long.SIZE - PARTS_LOG) * PARTS;

  private final AtomicLongArray counts = new AtomicLongArray(COUNT);
  private final LongAdder sumNanos = new LongAdder();
  private final AtomicLong maxNanos = new AtomicLong();

  /// Adds one time; a negative one counts as 0.
  void record(long nanos) {
    long time = Math.max(0, nanos);
    counts.incrementAndGet(bucketOf(time));
    sumNanos.add(time);
    if (time > maxNanos.get()) {
      maxNanos.accumulateAndGet(time, Math::max);
    }
  }

  /// The times added so far. Times that other threads add during the call may be missing.
  LatencySnapshot snapshot() {
    long[] copy = new long[COUNT];
    long count = 0;
    for (int bucket = 0; bucket < COUNT; bucket++) {
      copy[bucket] = counts.get(bucket);
      count += copy[bucket];
    }
    return new LatencySnapshot(copy, count, sumNanos.sum(), maxNanos.get());
  }

  static int bucketOf(long nanos) {
    long value = Math.max(0, nanos - 1);
    int shift = Math.max(0, Long.SIZE - 1 - PARTS_LOG - Long.numberOfLeadingZeros(value | 1));
    return shift * PARTS + (int) (value >>> shift);
  }

  /// The largest time in a bucket.
  static long upperNanos(int bucket) {
    if (bucket < 2 * PARTS) {
      return bucket + 1L;
    }
    int shift = bucket / PARTS - 1;
    long part = bucket - (long) shift * PARTS;
    long bound = (part + 1) << shift;
    return bound > 0 ? bound : Long.MAX_VALUE;
  }
}
