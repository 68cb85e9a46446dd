package com.omendb.tools.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Invariants: names, tags and units arrive; counters grow and stay; gauges go with what they tell
/// of, and come again.
final class MicrometerMetricsTest {
  private static final Labels ONE = Labels.of(Labels.INDEX, "one");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Metrics metrics = new MicrometerMetrics(registry);

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void countersHaveTagsAndUnits() {
    metrics.counter(Meter.SEARCHES, ONE).add(2);
    metrics.counter(Meter.SEARCHES, ONE).add(3);
    metrics.counter(Meter.SEARCHES, Labels.of(Labels.INDEX, "two")).add(10);
    assertEquals(5, registry.get("omen.searches").tag("index", "one").counter().count());
    assertEquals(10, registry.get("omen.searches").tag("index", "two").counter().count());
    metrics.counter(Meter.SEARCH_WAIT, ONE).add(1_500_000_000);
    assertEquals(1.5, registry.get("omen.search.wait").counter().count());
    assertEquals("seconds", registry.get("omen.search.wait").counter().getId().getBaseUnit());
  }

  @Test
  void latenciesAreTimers() {
    metrics.latencies(Meter.SEARCH_LATENCY, ONE).record(2_000_000);
    metrics.latencies(Meter.SEARCH_LATENCY, ONE).record(4_000_000);
    Timer timer = registry.get("omen.search.latency").tag("index", "one").timer();
    assertEquals(2, timer.count());
    assertEquals(6, timer.totalTime(TimeUnit.MILLISECONDS));
  }

  @Test
  void observedCountersStayWhenTheyAreClosed() {
    AtomicLong bytes = new AtomicLong(4_096);
    Metrics.Observation observation = metrics.observe(Meter.PAGE_BYTES, ONE, bytes::get);
    bytes.set(8_192);
    assertEquals(8_192, registry.get("omen.page.read.bytes").functionCounter().count());
    observation.close();
    bytes.set(0);
    Metrics.Observation again = metrics.observe(Meter.PAGE_BYTES, ONE, () -> 100);
    assertEquals(8_292, registry.get("omen.page.read.bytes").functionCounter().count());
    again.close();
    assertEquals(8_292, registry.get("omen.page.read.bytes").functionCounter().count());
  }

  @Test
  void gaugesGoWithWhatTheyTellOf() {
    Metrics.Observation first = metrics.observe(Meter.PAGES_IN_FLIGHT, ONE, () -> 3);
    Metrics.Observation second = metrics.observe(Meter.PAGES_IN_FLIGHT, ONE, () -> 4);
    assertEquals(7, registry.get("omen.page.in.flight").gauge().value());
    first.close();
    first.close();
    assertEquals(4, registry.get("omen.page.in.flight").gauge().value());
    second.close();
    assertNull(registry.find("omen.page.in.flight").gauge());
    try (Metrics.Observation _ = metrics.observe(Meter.PAGES_IN_FLIGHT, ONE, () -> 5)) {
      assertEquals(5, registry.get("omen.page.in.flight").gauge().value());
    }
    assertNull(registry.find("omen.page.in.flight").gauge());
  }

  @Test
  void latenciesAreNotObserved() {
    assertThrows(
        IllegalArgumentException.class, () -> metrics.observe(Meter.SEARCH_LATENCY, ONE, () -> 1));
  }
}
