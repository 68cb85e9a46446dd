package com.omendb.store.metrics;

import com.omendb.vectors.log.LogCode;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// Passes everything on to the metrics of a user. What those throw never reaches the search or
/// build that reports: it is logged the first time and ignored after that. Thread-safe.
public final class GuardedMetrics implements Metrics {
  private final Metrics metrics;
  private final AtomicBoolean failed = new AtomicBoolean();

  private GuardedMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  /// {@return a guard around `metrics`; [Metrics#NONE] itself, which needs none}
  ///
  /// @param metrics the implementation of the user
  public static Metrics of(Metrics metrics) {
    return NONE.equals(metrics) ? NONE : new GuardedMetrics(metrics);
  }

  @Override
  public Counter counter(Meter meter, Labels labels) {
    try {
      Counter counter = Objects.requireNonNull(metrics.counter(meter, labels), "counter");
      return amount -> {
        try {
          counter.add(amount);
        } catch (Throwable e) {
          logOnce(e);
        }
      };
    } catch (Throwable e) {
      logOnce(e);
      return NONE.counter(meter, labels);
    }
  }

  @Override
  public Latencies latencies(Meter meter, Labels labels) {
    try {
      Latencies latencies = Objects.requireNonNull(metrics.latencies(meter, labels), "latencies");
      return nanos -> {
        try {
          latencies.record(nanos);
        } catch (Throwable e) {
          logOnce(e);
        }
      };
    } catch (Throwable e) {
      logOnce(e);
      return NONE.latencies(meter, labels);
    }
  }

  @Override
  public Observation observe(Meter meter, Labels labels, LongSupplier value) {
    try {
      Observation observation =
          Objects.requireNonNull(metrics.observe(meter, labels, value), "observation");
      return () -> {
        try {
          observation.close();
        } catch (Throwable e) {
          logOnce(e);
        }
      };
    } catch (Throwable e) {
      logOnce(e);
      return NONE.observe(meter, labels, value);
    }
  }

  private void logOnce(Throwable e) {
    if (failed.compareAndSet(false, true)) {
      LogCode.REPORTING_FAILED.log(e);
    }
  }
}
