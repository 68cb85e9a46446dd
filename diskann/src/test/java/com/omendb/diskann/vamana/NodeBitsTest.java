package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: the same as a [BitSet] in everything that both do.
class NodeBitsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 1_000})
  void theSameAsABitSet(int count) {
    SplittableRandom random = Seeds.random("theSameAsABitSet", 16);
    try (Arena arena = Arena.ofShared()) {
      NodeBits bits = new NodeBits(count, arena);
      NodeBits others = new NodeBits(count, arena);
      BitSet expected = new BitSet();
      BitSet expectedOthers = new BitSet();
      for (int round = 0; round < 2_000; round++) {
        int node = random.nextInt(count);
        if (random.nextInt(3) > 0) {
          assertEquals(!expected.get(node), bits.add(node));
          expected.set(node);
        } else {
          bits.remove(node);
          expected.clear(node);
        }
        int other = random.nextInt(count);
        others.add(other);
        expectedOthers.set(other);
        if (random.nextInt(500) == 0) {
          bits.clear();
          expected.clear();
          others.clear();
          expectedOthers.clear();
        }
        int from = random.nextInt(count);
        int end = from + random.nextInt(count - from + 1);
        assertEquals(expected.get(from), bits.contains(from));
        assertEquals(orEnd(expected.nextSetBit(from), end), bits.next(from, end));
        assertEquals(orEnd(expected.nextClearBit(from), end), bits.nextMissing(from, end));
        BitSet difference = (BitSet) expected.clone();
        difference.andNot(expectedOthers);
        assertEquals(orEnd(difference.nextSetBit(from), end), bits.nextNotIn(others, from, end));
      }
    }
  }

  private static long orEnd(int found, int end) {
    return found < 0 ? end : Math.min(found, end);
  }
}
