package com.omendb.store.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/// Invariants: counters only grow, also when what they were observed at is closed; gauges are there
/// as long as they are observed; one meter with the same labels is one number; times are told in
/// seconds.
class InMemoryMetricsTest {
  private static final Labels ONE = Labels.of(Labels.INDEX, "one");
  private static final Labels TWO = Labels.of(Labels.INDEX, "two");

  private final InMemoryMetrics metrics = new InMemoryMetrics();

  @Test
  void countersOfTheSameLabelsAreOne() {
    metrics.counter(Meter.SEARCHES, ONE).add(2);
    metrics.counter(Meter.SEARCHES, Labels.of(Labels.INDEX, "one")).add(3);
    metrics.counter(Meter.SEARCHES, TWO).add(10);
    assertEquals(5, metrics.value(Meter.SEARCHES, ONE));
    assertEquals(10, metrics.value(Meter.SEARCHES, TWO));
    assertEquals(15, metrics.total(Meter.SEARCHES));
    assertEquals(0, metrics.value(Meter.SEARCHES, Labels.NONE));
  }

  @Test
  void aClosedCounterKeepsWhatItCounted() {
    AtomicLong reads = new AtomicLong(7);
    Metrics.Observation first = metrics.observe(Meter.PAGE_READS, ONE, reads::get);
    Metrics.Observation second = metrics.observe(Meter.PAGE_READS, ONE, () -> 100);
    reads.set(9);
    assertEquals(109, metrics.value(Meter.PAGE_READS, ONE));
    first.close();
    first.close();
    reads.set(1_000);
    assertEquals(109, metrics.value(Meter.PAGE_READS, ONE));
    second.close();
    assertEquals(109, metrics.value(Meter.PAGE_READS, ONE));
  }

  @Test
  void aClosedGaugeIsGone() {
    LongSupplier same = () -> 5;
    Metrics.Observation first = metrics.observe(Meter.PAGES_IN_FLIGHT, ONE, same);
    Metrics.Observation second = metrics.observe(Meter.PAGES_IN_FLIGHT, ONE, same);
    assertEquals(10, metrics.value(Meter.PAGES_IN_FLIGHT, ONE));
    first.close();
    assertEquals(5, metrics.value(Meter.PAGES_IN_FLIGHT, ONE));
    second.close();
    assertEquals(0, metrics.value(Meter.PAGES_IN_FLIGHT, ONE));
    assertEquals(List.of(), metrics.readings());
  }

  @Test
  void memoryOfTheProcessIsNotAddedUp() {
    try (Metrics.Observation _ = metrics.observe(Meter.PROCESS_RESIDENT, Labels.NONE, () -> 50);
        Metrics.Observation _ = metrics.observe(Meter.PROCESS_RESIDENT, Labels.NONE, () -> 50)) {
      assertEquals(50, metrics.value(Meter.PROCESS_RESIDENT, Labels.NONE));
    }
  }

  @Test
  void timesAreToldInSeconds() {
    metrics.counter(Meter.SEARCH_WAIT, ONE).add(1_500_000_000);
    assertEquals(1.5, metrics.value(Meter.SEARCH_WAIT, ONE));
    metrics.latencies(Meter.SEARCH_LATENCY, ONE).record(1_000);
    assertEquals(1_000, metrics.latencySnapshot(Meter.SEARCH_LATENCY, ONE).percentileNanos(50));
    assertEquals(0, metrics.latencySnapshot(Meter.SEARCH_LATENCY, TWO).count());
  }

  @Test
  void metersAreUsedAsWhatTheyAre() {
    assertThrows(IllegalArgumentException.class, () -> metrics.counter(Meter.PAGES_IN_FLIGHT, ONE));
    assertThrows(IllegalArgumentException.class, () -> metrics.latencies(Meter.SEARCHES, ONE));
    assertThrows(
        IllegalArgumentException.class, () -> metrics.observe(Meter.SEARCH_LATENCY, ONE, () -> 0));
  }

  @Test
  void noMetricsTakeEverything() {
    Metrics.NONE.counter(Meter.SEARCHES, ONE).add(1);
    Metrics.NONE.latencies(Meter.SEARCH_LATENCY, ONE).record(1);
    Metrics.NONE.observe(Meter.PAGE_READS, ONE, () -> 1).close();
  }

  @Test
  void namesOfMetersAreDistinctAndOfOneStyle() {
    assertEquals(
        Meter.values().length,
        List.of(Meter.values()).stream().map(PrometheusText::name).distinct().count());
    for (Meter meter : Meter.values()) {
      assertTrue(meter.label().matches("omen(\\.[a-z]+)+"), meter::label);
    }
  }

  @Test
  void prometheusReadsTheText() {
    Labels strange = Labels.of("index", "a\"b\\c\nd").and("type", "read");
    metrics.counter(Meter.SEARCHES, ONE).add(3);
    metrics.counter(Meter.SEARCH_FAILURES, strange).add(1);
    metrics.counter(Meter.SEARCH_WAIT, ONE).add(2_250_000);
    metrics.latencies(Meter.SEARCH_LATENCY, ONE).record(16_384);
    metrics.latencies(Meter.SEARCH_LATENCY, ONE).record(16_385);
    try (Metrics.Observation _ = metrics.observe(Meter.CACHE_RESIDENT, Labels.NONE, () -> 8_192)) {
      String text = PrometheusText.of(metrics);
      assertTrue(
          text.startsWith(
              """
              # HELP omen_searches_total Searches that gave a result
              # TYPE omen_searches_total counter
              omen_searches_total{index="one"} 3
              # HELP omen_search_failures_total Searches that failed
              # TYPE omen_search_failures_total counter
              omen_search_failures_total{index="a\\"b\\\\c\\nd",type="read"} 1
              # HELP omen_search_wait_seconds_total Time in which searches waited for pages
              # TYPE omen_search_wait_seconds_total counter
              omen_search_wait_seconds_total{index="one"} 0.00225
              # HELP omen_cache_resident_bytes Frames that hold a page
              # TYPE omen_cache_resident_bytes gauge
              omen_cache_resident_bytes 8192
              # HELP omen_search_latency_seconds Time from asking to the result
              # TYPE omen_search_latency_seconds histogram
              omen_search_latency_seconds_bucket{index="one",le="0.000016384"} 1
              omen_search_latency_seconds_bucket{index="one",le="0.000032768"} 2
              """),
          text);
      assertTrue(
          text.endsWith(
              """
              omen_search_latency_seconds_bucket{index="one",le="17.179869184"} 2
              omen_search_latency_seconds_bucket{index="one",le="+Inf"} 2
              omen_search_latency_seconds_sum{index="one"} 3.2769E-5
              omen_search_latency_seconds_count{index="one"} 2
              """),
          text);
    }
  }
}
