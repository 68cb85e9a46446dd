package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.testing.Seeds;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: it answers as a HashSet does, through growth and after being cleared.
class NodeSetTest {

  @Test
  void itAnswersAsAHashSetDoes() {
    SplittableRandom random = Seeds.random("itAnswersAsAHashSetDoes", 9);
    NodeSet set = new NodeSet(1);
    for (int round = 0; round < 200; round++) {
      set.clear();
      Set<Integer> reference = new HashSet<>();
      int bound = random.nextBoolean() ? 50 : Integer.MAX_VALUE;
      int stride = 1 << random.nextInt(20);
      for (int i = random.nextInt(2_000); i > 0; i--) {
        int node = random.nextInt(bound);
        // Runs of equal low bits collide in a table of a power of two.
        node = random.nextBoolean() ? node & -stride : node;
        assertEquals(reference.contains(node), set.contains(node));
        assertEquals(reference.add(node), set.add(node));
        assertEquals(reference.size(), set.size());
      }
      for (int node : reference) {
        assertTrue(set.contains(node));
      }
    }
  }

  @Test
  void aClearedSetIsEmpty() {
    NodeSet set = new NodeSet(10);
    assertFalse(set.contains(0));
    set.add(0);
    set.add(Integer.MAX_VALUE);
    set.clear();
    set.clear();
    assertEquals(0, set.size());
    assertFalse(set.contains(0));
    assertFalse(set.contains(Integer.MAX_VALUE));
    assertTrue(set.add(0));
  }
}
