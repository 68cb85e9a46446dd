package com.omendb.store.metrics;

import java.util.function.LongSupplier;

/// Ignores everything.
final class NoMetrics implements Metrics {
  @Override
  public Counter counter(Meter meter, Labels labels) {
    return _ -> {};
  }

  @Override
  public Latencies latencies(Meter meter, Labels labels) {
    return _ -> {};
  }

  @Override
  public Observation observe(Meter meter, Labels labels, LongSupplier value) {
    return () -> {};
  }

  @Override
  public String toString() {
    return "NONE";
  }
}
