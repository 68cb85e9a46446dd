package com.omendb.tools.report;

import com.omendb.store.SearchStats;
import java.util.Locale;

/// What one search cost, as text and as JSON.
public final class Explanation {
  private static final double NANOS_A_MICRO = 1e3;

  private Explanation() {}

  public static JsonObject json(SearchStats stats) {
    return new JsonObject()
        .put("rounds", stats.rounds())
        .put("expanded", stats.expanded())
        .put("pageReads", stats.pageReads())
        .put("cacheHits", stats.cacheHits())
        .put("wastedReads", stats.wastedReads())
        .put("skippedPages", stats.skippedPages())
        .put("bytesRead", stats.bytesRead())
        .put("approximateDistances", stats.approximateDistances())
        .put("exactDistances", stats.exactDistances())
        .put("waitMicros", stats.waitNanos() / NANOS_A_MICRO, 1)
        .put("computeMicros", stats.computeNanos() / NANOS_A_MICRO, 1)
        .put("totalMicros", stats.totalNanos() / NANOS_A_MICRO, 1);
  }

  public static String text(SearchStats stats) {
    return String.format(
        Locale.ROOT,
        """
        cost: %,.0f us, of which %,.0f us waiting for pages and %,.0f us computing
          rounds of reads         %,d
          nodes expanded          %,d
          pages read              %,d (%s)
            of them for nothing   %,d
          pages found in memory   %,d
          pages left out          %,d
          approximate distances   %,d
          exact distances         %,d\
        """,
        stats.totalNanos() / NANOS_A_MICRO,
        stats.waitNanos() / NANOS_A_MICRO,
        stats.computeNanos() / NANOS_A_MICRO,
        stats.rounds(),
        stats.expanded(),
        stats.pageReads(),
        ByteSize.format(stats.bytesRead()),
        stats.wastedReads(),
        stats.cacheHits(),
        stats.skippedPages(),
        stats.approximateDistances(),
        stats.exactDistances());
  }
}
