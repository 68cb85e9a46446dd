package com.omendb.tools.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// Percentiles are by nearest rank, whatever the order in which latencies were recorded.
final class LatenciesTest {
  @Test
  void percentilesAreByNearestRank() {
    Latencies latencies = new Latencies(200);
    for (int query = 0; query < 200; query++) {
      latencies.record(query, (200 - query) * 1000L);
    }
    assertEquals(100.5, latencies.meanMicros());
    long[] sorted = latencies.sorted();
    assertEquals(100, Latencies.percentileMicros(sorted, 50));
    assertEquals(198, Latencies.percentileMicros(sorted, 99));
    assertEquals(200, Latencies.percentileMicros(sorted, 100));
  }

  @Test
  void oneQueryIsItsOwnPercentiles() {
    Latencies latencies = new Latencies(1);
    latencies.record(0, 7000);
    assertEquals(7, Latencies.percentileMicros(latencies.sorted(), 50));
    assertEquals(7, Latencies.percentileMicros(latencies.sorted(), 99));
  }
}
