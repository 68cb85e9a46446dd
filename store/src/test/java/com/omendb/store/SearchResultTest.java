package com.omendb.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// Invariants: ranks lead to ids and distances; what is handed out is a copy.
class SearchResultTest {
  private static final SearchStats STATS = new SearchStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

  @Test
  void givesNeighboursByRank() {
    SearchResult result = new SearchResult(new long[] {7, 3}, new float[] {0.5f, 2f}, STATS);
    assertEquals(2, result.count());
    assertEquals(3, result.id(1));
    assertEquals(0.5f, result.distance(0));
    assertEquals(STATS, result.stats());
  }

  @Test
  void handsOutCopies() {
    SearchResult result = new SearchResult(new long[] {7}, new float[] {0.5f}, STATS);
    result.ids()[0] = 1;
    result.distances()[0] = 1;
    assertArrayEquals(new long[] {7}, result.ids());
    assertArrayEquals(new float[] {0.5f}, result.distances());
  }

  @Test
  void refusesArraysOfDifferentLengths() {
    assertThrows(
        IllegalArgumentException.class, () -> new SearchResult(new long[2], new float[1], STATS));
  }
}
