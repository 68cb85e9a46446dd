package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a table has room for twice what is expected, and numbers that come in steps of any
/// usual length spread over it.
class NodeHashTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 32, 33, 1000, 1024, 1025, 1 << 28})
  void aTableIsAtMostHalfFull(int expected) {
    int length = NodeHash.tableLength(expected);
    assertEquals(1, Integer.bitCount(length));
    assertTrue(length >= 2L * expected && length <= Math.max(64, 4L * expected), "" + length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 64, 100, 1024, 4096, 1 << 16})
  void numbersInStepsSpreadOverTheTable(int step) {
    int count = 1 << 12;
    int mask = NodeHash.tableLength(count) - 1;
    BitSet slots = new BitSet();
    for (int i = 0; i < count; i++) {
      int slot = NodeHash.slot(i * step, mask);
      assertTrue(slot >= 0 && slot <= mask, "slot=" + slot);
      slots.set(slot);
    }
    assertTrue(slots.cardinality() > count / 2, "slots=" + slots.cardinality());
  }
}
