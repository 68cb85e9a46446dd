package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: a node is new exactly once between two clearings, however the set grows and whether
/// it comes alone or with its group; a group is new as long as none of its four nodes was there.
class SeenNodesTest {

  @Test
  void eachNodeIsNewOnceAlsoWithItsGroup() {
    SplittableRandom random = Seeds.random("eachNodeIsNewOnceAlsoWithItsGroup", 201);
    SeenNodes seen = new SeenNodes(8);
    for (int round = 0; round < 60; round++) {
      Set<Integer> expected = new HashSet<>();
      seen.clear();
      // Few groups, so that most are met again; or many, so that the table grows and keeps what
      // an earlier round left in its slots.
      int groups = 1 + random.nextInt(round % 3 == 0 ? 4_000 : 40);
      int first = random.nextInt(Integer.MAX_VALUE / 4 - groups);
      for (int step = random.nextInt(3 * groups); step >= 0; step--) {
        int group = first + random.nextInt(groups);
        if (random.nextInt(4) == 0) {
          boolean fresh = true;
          for (int node = 4 * group; node < 4 * group + 4; node++) {
            fresh &= expected.add(node);
          }
          assertEquals(fresh, seen.addGroup(group), "group=" + group);
        } else {
          int node = 4 * group + random.nextInt(4);
          assertEquals(expected.add(node), seen.add(node), "node=" + node);
        }
      }
      for (int node : expected) {
        assertFalse(seen.add(node), "node=" + node);
      }
    }
  }

  @Test
  void theFirstAndTheLastNodeHaveAPlace() {
    SeenNodes seen = new SeenNodes(1);
    for (int node : new int[] {0, 3, Integer.MAX_VALUE, Integer.MAX_VALUE - 3}) {
      assertTrue(seen.add(node), "node=" + node);
      assertFalse(seen.add(node), "node=" + node);
    }
    assertFalse(seen.addGroup(Integer.MAX_VALUE / 4));
    assertFalse(seen.add(Integer.MAX_VALUE - 1));
  }

  @Test
  void whatWasClearedIsNewAgain() {
    SeenNodes seen = new SeenNodes(16);
    assertTrue(seen.addGroup(5));
    seen.clear();
    assertTrue(seen.add(21));
    assertTrue(seen.add(20));
    assertFalse(seen.addGroup(5));
  }
}
