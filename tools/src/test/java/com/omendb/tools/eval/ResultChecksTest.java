package com.omendb.tools.eval;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Wrong results are never measured: each way of being wrong is refused, with the query's number.
final class ResultChecksTest {
  @Test
  void acceptsAscendingDistinctResults() {
    ResultChecks.require(3, new long[] {7, 2, 9}, new float[] {-1, 0.5f, 0.5f}, 3, 10);
    ResultChecks.require(3, new long[0], new float[0], 0, 0);
  }

  @Test
  void refusesAnythingElse() {
    refuses(new long[] {1, 2}, new float[] {1, 2}, 3);
    refuses(new long[] {1, 2, 1}, new float[] {1, 2, 3}, 3);
    refuses(new long[] {1, 2, 3}, new float[] {1, 3, 2}, 3);
    refuses(new long[] {1, 2, 3}, new float[] {1, Float.NaN, 2}, 3);
    refuses(new long[] {1, 2, 10}, new float[] {1, 2, 3}, 3);
    refuses(new long[] {1, -1, 3}, new float[] {1, 2, 3}, 3);
  }

  private static void refuses(long[] ids, float[] distances, long expectedCount) {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> ResultChecks.require(3, ids, distances, expectedCount, 10));
    assertTrue(String.valueOf(e.getMessage()).contains("query=3"), e::getMessage);
  }
}
