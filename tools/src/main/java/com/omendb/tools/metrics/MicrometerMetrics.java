package com.omendb.tools.metrics;

import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import com.omendb.store.metrics.ObservedValue;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Reports to Micrometer, and so to any monitoring system that Micrometer knows.
///
/// Meters keep their names and units; labels become tags, latencies timers, times seconds. A gauge
/// is removed from the registry when the last index that it tells of is closed; counters stay.
///
/// `micrometer-core` is needed only by programs that use this class. Thread-safe.
public final class MicrometerMetrics implements Metrics {
  private final MeterRegistry registry;
  // The registry itself does not keep what it observes from being collected.
  private final Map<Key, Observed> observedByKey = new HashMap<>(); // guarded by itself

  private record Key(Meter meter, Labels labels) {}

  private static final class Observed {
    final ObservedValue value;
    io.micrometer.core.instrument.@Nullable Meter registered;

    Observed(Meter meter) {
      value = new ObservedValue(meter);
    }
  }

  /// Reports to this registry.
  ///
  /// @param registry where the meters are
  public MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Counter counter(Meter meter, Labels labels) {
    io.micrometer.core.instrument.Counter counter =
        io.micrometer.core.instrument.Counter.builder(meter.label())
            .tags(tags(labels))
            .baseUnit(baseUnit(meter))
            .description(meter.description())
            .register(registry);
    return amount -> counter.increment(inUnit(meter, amount));
  }

  @Override
  public Latencies latencies(Meter meter, Labels labels) {
    Timer timer =
        Timer.builder(meter.label())
            .tags(tags(labels))
            .description(meter.description())
            .register(registry);
    return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  /// {@inheritDoc}
  ///
  /// @throws IllegalArgumentException if the meter is of the kind [Meter.Kind#LATENCY]
  @Override
  public Observation observe(Meter meter, Labels labels, LongSupplier value) {
    Key key = new Key(meter, labels);
    synchronized (observedByKey) {
      Observed observed = observedByKey.computeIfAbsent(key, _ -> new Observed(meter));
      Observation observation = observed.value.add(value);
      if (observed.registered == null) {
        observed.registered = register(meter, labels, observed.value);
      }
      return () -> close(key, observed, observation);
    }
  }

  private void close(Key key, Observed observed, Observation observation) {
    synchronized (observedByKey) {
      observation.close();
      if (key.meter().kind() == Meter.Kind.GAUGE
          && !observed.value.isOpen()
          && observedByKey.remove(key, observed)
          && observed.registered != null) {
        registry.remove(observed.registered);
      }
    }
  }

  private io.micrometer.core.instrument.Meter register(
      Meter meter, Labels labels, ObservedValue value) {
    return switch (meter.kind()) {
      case COUNTER ->
          FunctionCounter.builder(meter.label(), value, v -> inUnit(meter, v.value()))
              .tags(tags(labels))
              .baseUnit(baseUnit(meter))
              .description(meter.description())
              .register(registry);
      case GAUGE ->
          Gauge.builder(meter.label(), value, v -> inUnit(meter, v.value()))
              .tags(tags(labels))
              .baseUnit(baseUnit(meter))
              .description(meter.description())
              .register(registry);
      case LATENCY ->
          throw new IllegalArgumentException("latencies cannot be observed: meter=" + meter);
    };
  }

  private static Tags tags(Labels labels) {
    Tags tags = Tags.empty();
    for (Map.Entry<String, String> label : labels.values().entrySet()) {
      tags = tags.and(label.getKey(), label.getValue());
    }
    return tags;
  }

  private static @Nullable String baseUnit(Meter meter) {
    return switch (meter.unit()) {
      case COUNT -> null;
      case BYTES -> "bytes";
      case SECONDS -> "seconds";
    };
  }

  private static double inUnit(Meter meter, long value) {
    return meter.unit() == Meter.Unit.SECONDS ? value / 1e9 : (double) value;
  }
}
