package com.omendb.datasets.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Invariants: negative, zero and infinite distances sort as numbers, NaN last, both zeros alike.
class NearestRowsTest {

  @Test
  void ordersEveryKindOfFloat() {
    float[] distances = {
      3,
      -0.0f,
      Float.NaN,
      0.0f,
      -5,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE
    };
    NearestRows nearest = new NearestRows(distances.length);
    for (int row = 0; row < distances.length; row++) {
      nearest.offer(distances[row], row);
    }
    nearest.sort();
    int[] rows = IntStream.range(0, distances.length).map(nearest::row).toArray();
    assertEquals("[6, 4, 1, 3, 7, 0, 5, 2]", Arrays.toString(rows));
    assertTrue(Double.isNaN(nearest.distance(7)));
    assertEquals(-5, nearest.distance(1));
  }

  @Test
  void keepsTheSmallestOfAnyStream() {
    SplittableRandom random = Seeds.random("NearestRowsTest", 3);
    for (int k : new int[] {1, 2, 3, 10, 100}) {
      double[] distances = new double[1000];
      for (int i = 0; i < distances.length; i++) {
        // Beyond 2^24, so that floats would lose the order.
        distances[i] = 1e9 + random.nextInt(-50, 50);
      }
      NearestRows nearest = new NearestRows(k);
      for (int row = 0; row < distances.length; row++) {
        nearest.offer(distances[row], row);
      }
      double[] sorted = distances.clone();
      Arrays.sort(sorted);
      assertEquals(sorted[k - 1], nearest.bound());
      nearest.sort();
      for (int rank = 0; rank < k; rank++) {
        assertEquals(sorted[rank], nearest.distance(rank));
        assertEquals(sorted[rank], distances[nearest.row(rank)]);
        assertTrue(
            rank == 0
                || sorted[rank - 1] < sorted[rank]
                || nearest.row(rank - 1) < nearest.row(rank));
      }
    }
  }
}
