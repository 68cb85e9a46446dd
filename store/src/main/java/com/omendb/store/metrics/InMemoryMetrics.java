package com.omendb.store.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Keeps all readings in memory, for tests, small programs and [PrometheusText].
///
/// Thread-safe. It grows with the number of meters and labels, not with time.
public final class InMemoryMetrics implements Metrics {
  private final ConcurrentHashMap<Key, Series> seriesByKey = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Key, LatencyBuckets> latenciesByKey = new ConcurrentHashMap<>();

  private record Key(Meter meter, Labels labels) {}

  /// One counter or gauge with one set of labels.
  private static final class Series {
    final LongAdder counted = new LongAdder();
    final ObservedValue observed;

    Series(Meter meter) {
      observed = new ObservedValue(meter);
    }

    long value() {
      return counted.sum() + observed.value();
    }
  }

  /// One reading of a counter or gauge.
  ///
  /// @param value in the unit of the meter, times in seconds
  /// @param meter what is measured
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  public record Reading(Meter meter, Labels labels, double value) {}

  /// One reading of latencies.
  ///
  /// @param meter what is measured
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  /// @param latencies distribution of the times
  public record LatencyReading(Meter meter, Labels labels, LatencySnapshot latencies) {}

  /// Metrics without any reading.
  public InMemoryMetrics() {}

  /// {@inheritDoc}
  ///
  /// @throws IllegalArgumentException if the meter is not of the kind [Meter.Kind#COUNTER]
  @Override
  public Counter counter(Meter meter, Labels labels) {
    require(meter, Meter.Kind.COUNTER);
    return series(meter, labels).counted::add;
  }

  /// {@inheritDoc}
  ///
  /// @throws IllegalArgumentException if the meter is not of the kind [Meter.Kind#LATENCY]
  @Override
  public Latencies latencies(Meter meter, Labels labels) {
    require(meter, Meter.Kind.LATENCY);
    return latenciesByKey.computeIfAbsent(new Key(meter, labels), _ -> new LatencyBuckets())
        ::record;
  }

  /// {@inheritDoc}
  ///
  /// @throws IllegalArgumentException if the meter is of the kind [Meter.Kind#LATENCY]
  @Override
  public Observation observe(Meter meter, Labels labels, LongSupplier value) {
    if (meter.kind() == Meter.Kind.LATENCY) {
      throw new IllegalArgumentException("latencies cannot be observed: meter=" + meter);
    }
    return series(meter, labels).observed.add(value);
  }

  /// {@return the value of a counter or gauge, added up over all labels, in the unit of the meter}
  ///
  /// @param meter a counter or gauge
  public double total(Meter meter) {
    return readings().stream()
        .filter(reading -> reading.meter() == meter)
        .mapToDouble(Reading::value)
        .sum();
  }

  /// {@return the value of a counter or gauge with exactly these labels, in the unit of the meter;
  /// 0 if nothing was reported}
  ///
  /// @param meter a counter or gauge
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  public double value(Meter meter, Labels labels) {
    Series series = seriesByKey.get(new Key(meter, labels));
    return series == null ? 0 : inUnit(meter, series.value());
  }

  /// {@return the latencies with exactly these labels; empty if nothing was reported}
  ///
  /// @param meter of the kind [Meter.Kind#LATENCY]
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  /// @throws IllegalArgumentException if the meter is of another kind
  public LatencySnapshot latencySnapshot(Meter meter, Labels labels) {
    require(meter, Meter.Kind.LATENCY);
    return latenciesByKey.getOrDefault(new Key(meter, labels), new LatencyBuckets()).snapshot();
  }

  /// {@return all counters and all gauges that are observed, in the order of the meters}
  public List<Reading> readings() {
    List<Reading> readings = new ArrayList<>();
    for (Map.Entry<Key, Series> entry : sorted(seriesByKey)) {
      Key key = entry.getKey();
      Series series = entry.getValue();
      if (key.meter().kind() == Meter.Kind.COUNTER || series.observed.isOpen()) {
        readings.add(new Reading(key.meter(), key.labels(), inUnit(key.meter(), series.value())));
      }
    }
    return readings;
  }

  /// {@return all latencies, in the order of the meters}
  public List<LatencyReading> latencyReadings() {
    List<LatencyReading> readings = new ArrayList<>();
    for (Map.Entry<Key, LatencyBuckets> entry : sorted(latenciesByKey)) {
      Key key = entry.getKey();
      readings.add(new LatencyReading(key.meter(), key.labels(), entry.getValue().snapshot()));
    }
    return readings;
  }

  private static <T> List<Map.Entry<Key, T>> sorted(Map<Key, T> byKey) {
    Comparator<Key> order =
        Comparator.comparing(Key::meter).thenComparing(key -> key.labels().values().toString());
    return byKey.entrySet().stream().sorted(Map.Entry.comparingByKey(order)).toList();
  }

  private Series series(Meter meter, Labels labels) {
    return seriesByKey.computeIfAbsent(new Key(meter, labels), key -> new Series(key.meter()));
  }

  private static double inUnit(Meter meter, long value) {
    return meter.unit() == Meter.Unit.SECONDS ? value / 1e9 : (double) value;
  }

  private static void require(Meter meter, Meter.Kind kind) {
    if (meter.kind() != kind) {
      throw new IllegalArgumentException("not of the kind " + kind + ": meter=" + meter);
    }
  }
}
