package com.omendb.datasets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
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
    nearest.offer(distances, distances.length, 0);
    int[] rows = Arrays.stream(nearest.sorted()).mapToInt(NearestRows::rowOf).toArray();
    assertEquals("[6, 4, 1, 3, 7, 0, 5, 2]", Arrays.toString(rows));
    assertTrue(Float.isNaN(NearestRows.distanceOf(nearest.sorted()[7])));
    assertEquals(-5, NearestRows.distanceOf(nearest.sorted()[1]));
  }

  @Test
  void keepsTheSmallestOfAnyStream() {
    SplittableRandom random = Seeds.random("NearestRowsTest", 3);
    for (int k : new int[] {1, 2, 3, 10, 100}) {
      float[] distances = new float[1000];
      for (int i = 0; i < distances.length; i++) {
        distances[i] = random.nextInt(-50, 50);
      }
      NearestRows nearest = new NearestRows(k);
      for (int from = 0; from < distances.length; from += 250) {
        nearest.offer(Arrays.copyOfRange(distances, from, from + 250), 250, from);
      }
      float[] sorted = distances.clone();
      Arrays.sort(sorted);
      assertEquals(sorted[k - 1], nearest.bound());
      long[] result = nearest.sorted();
      for (int rank = 0; rank < k; rank++) {
        assertEquals(sorted[rank], NearestRows.distanceOf(result[rank]));
        assertEquals(sorted[rank], distances[NearestRows.rowOf(result[rank])]);
        assertTrue(rank == 0 || result[rank - 1] < result[rank]);
      }
    }
  }
}
