package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: at any moment the list holds what a plain list, sorted stably by distance and cut to
/// the capacity, would hold; `nearestUnexpanded` is the first of it that was not expanded.
class CandidateListTest {
  private record Candidate(int node, float distance) {}

  @Test
  void itEqualsASortedListCutToItsCapacity() {
    SplittableRandom random = Seeds.random("itEqualsASortedListCutToItsCapacity", 8);
    CandidateList list = new CandidateList(8);
    for (int round = 0; round < 500; round++) {
      int capacity = random.nextInt(1, 40);
      list.reset(capacity);
      List<Candidate> sorted = new ArrayList<>();
      Set<Integer> expanded = new HashSet<>();
      int distinctDistances = random.nextInt(1, 60);
      for (int node = 0; node < 100; node++) {
        float distance = random.nextInt(distinctDistances) - 10f;
        boolean kept = insert(sorted, new Candidate(node, distance), capacity);
        assertEquals(kept, list.add(node, distance));
        while (random.nextInt(3) == 0 && list.nearestUnexpanded() >= 0) {
          int at = list.nearestUnexpanded();
          assertTrue(expanded.add(list.node(at)));
          list.markExpanded(at);
        }
        assertSame(sorted, expanded, capacity, list);
      }
    }
  }

  private static boolean insert(List<Candidate> sorted, Candidate candidate, int capacity) {
    int at = 0;
    while (at < sorted.size() && sorted.get(at).distance() <= candidate.distance()) {
      at++;
    }
    sorted.add(at, candidate);
    if (sorted.size() > capacity) {
      sorted.removeLast();
    }
    return at < capacity;
  }

  private static void assertSame(
      List<Candidate> sorted, Set<Integer> expanded, int capacity, CandidateList list) {
    assertEquals(sorted.size(), list.size());
    int nearest = -1;
    for (int i = sorted.size() - 1; i >= 0; i--) {
      Candidate candidate = sorted.get(i);
      assertEquals(candidate.node(), list.node(i));
      assertEquals(candidate.distance(), list.distance(i));
      assertEquals(expanded.contains(candidate.node()), list.isExpanded(i));
      nearest = expanded.contains(candidate.node()) ? nearest : i;
    }
    assertEquals(nearest, list.nearestUnexpanded());
    float bound = sorted.size() < capacity ? Float.POSITIVE_INFINITY : sorted.getLast().distance();
    assertEquals(bound, list.bound());
  }

  @Test
  void aFullListOfNearerOnesRefuses() {
    CandidateList list = new CandidateList(2);
    list.reset(2);
    assertTrue(list.add(5, 1f));
    assertTrue(list.add(6, 2f));
    assertFalse(list.add(7, 2f), "equally far is not nearer");
    assertFalse(list.add(7, 3f));
    assertTrue(list.add(7, 1.5f));
    assertEquals(7, list.node(1));
  }

  @Test
  void theLargestNodeAndNodeZeroKeepTheirNumbers() {
    CandidateList list = new CandidateList(2);
    list.reset(2);
    list.add(Integer.MAX_VALUE, 1f);
    list.add(0, 2f);
    list.markExpanded(0);
    assertEquals(Integer.MAX_VALUE, list.node(0));
    assertTrue(list.isExpanded(0));
    assertEquals(1, list.nearestUnexpanded());
    list.markExpanded(1);
    assertEquals(0, list.node(1));
    assertEquals(-1, list.nearestUnexpanded());
  }
}
