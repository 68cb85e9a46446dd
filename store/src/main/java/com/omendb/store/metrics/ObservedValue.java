package com.omendb.store.metrics;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/// The observations of one meter with the same labels, as one number: what an implementation of
/// [Metrics] needs for [Metrics#observe].
///
/// Counters keep what closed observations have counted. Thread-safe.
public final class ObservedValue {
  private final Meter meter;
  private final CopyOnWriteArrayList<Open> open = new CopyOnWriteArrayList<>();
  private long closedTotal; // guarded by this

  /// One observation; the same value may be observed twice.
  private static final class Open {
    final LongSupplier value;

    Open(LongSupplier value) {
      this.value = value;
    }
  }

  /// Makes one without observations.
  ///
  /// @param meter a counter or gauge
  public ObservedValue(Meter meter) {
    this.meter = meter;
  }

  /// Adds an observation.
  ///
  /// @param value gives the present value; any thread may call it at any time
  /// @return closing it ends the observation
  public Metrics.Observation add(LongSupplier value) {
    Open added = new Open(value);
    open.add(added);
    return () -> close(added);
  }

  private void close(Open closed) {
    synchronized (this) {
      if (open.remove(closed) && meter.kind() == Meter.Kind.COUNTER) {
        closedTotal += closed.value.getAsLong();
      }
    }
  }

  /// {@return whether anything is being observed}
  public boolean isOpen() {
    return !open.isEmpty();
  }

  /// {@return what is observed now, in the unit in which it is given}
  public long value() {
    synchronized (this) {
      long sum = closedTotal;
      for (Open one : open) {
        long value = one.value.getAsLong();
        sum = meter.additive() ? sum + value : value;
      }
      return sum;
    }
  }
}
