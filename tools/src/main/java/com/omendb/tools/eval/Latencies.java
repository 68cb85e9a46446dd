package com.omendb.tools.eval;

import java.util.Arrays;

/// The latencies of one pass: a flat array with a place for each query, so that threads write apart
/// and nothing is boxed.
final class Latencies {
  private static final double NANOS_A_MICRO = 1e3;

  private final long[] nanos;

  Latencies(int queryCount) {
    nanos = new long[queryCount];
  }

  /// Records one search. Each query is recorded by one thread; read after all threads have ended.
  void record(int query, long elapsedNanos) {
    nanos[query] = elapsedNanos;
  }

  double meanMicros() {
    double sum = 0;
    for (long value : nanos) {
      sum += value;
    }
    return sum / nanos.length / NANOS_A_MICRO;
  }

  /// The latencies in ascending order, for [#percentileMicros].
  long[] sorted() {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /// The smallest latency that `percent` of all do not exceed (nearest rank).
  static double percentileMicros(long[] sorted, double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.clamp(rank, 1, sorted.length) - 1] / NANOS_A_MICRO;
  }
}
