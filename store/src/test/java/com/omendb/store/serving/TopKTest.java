package com.omendb.store.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.vectors.testing.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: whatever the order of the offers, the result is the first k of all that was offered,
/// sorted by distance and then id; the bound is the k-th distance once there are k.
class TopKTest {
  private static final SearchStats STATS = new SearchStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private record Offer(long id, float distance) {}

  @Test
  void itEqualsTheSortedOffersCutToK() {
    SplittableRandom random = Seeds.random("itEqualsTheSortedOffersCutToK", 11);
    TopK top = new TopK();
    for (int round = 0; round < 500; round++) {
      int k = random.nextInt(1, random.nextInt(10) == 0 ? 300 : 20);
      top.reset(k);
      List<Offer> offers = new ArrayList<>();
      int distinctDistances = random.nextInt(1, 50);
      for (long i = random.nextInt(400); i > 0; i--) {
        // Distinct ids in an order of their own.
        Offer offer = new Offer(i * 0x9E37_79B1L % 1009, random.nextInt(distinctDistances) - 9f);
        offers.add(offer);
        top.offer(offer.id(), offer.distance(), 0);
        offers.sort(Comparator.comparingDouble(Offer::distance).thenComparingLong(Offer::id));
        if (offers.size() > k) {
          offers.removeLast();
        }
        assertEquals(offers.size(), top.size());
        double bound = offers.size() < k ? Double.POSITIVE_INFINITY : offers.getLast().distance();
        assertEquals(bound, top.bound());
      }
      SearchResult result = top.result(STATS);
      assertArrayEquals(offers.stream().mapToLong(Offer::id).toArray(), result.ids());
      for (int rank = 0; rank < offers.size(); rank++) {
        assertEquals(offers.get(rank).distance(), result.distance(rank));
      }
    }
  }

  @Test
  void distancesThatOneFloatStandsForKeepTheirOrder() {
    TopK top = new TopK();
    top.reset(2);
    top.offer(1, 66_520_576, 0);
    top.offer(2, 66_520_577, 0);
    top.offer(3, 66_520_575, 0);
    SearchResult result = top.result(STATS);
    assertArrayEquals(new long[] {3, 1}, result.ids());
    assertArrayEquals(new float[] {66_520_576f, 66_520_576f}, result.distances());
  }

  @Test
  void aResultIsNotChangedByTheNextSearch() {
    TopK top = new TopK();
    top.reset(2);
    top.offer(1, 1f, 0);
    top.offer(2, 2f, 0);
    SearchResult result = top.result(STATS);
    top.reset(2);
    top.offer(9, 0f, 0);
    assertArrayEquals(new long[] {1, 2}, result.ids());
  }
}
