package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: every number comes exactly once; a seed gives one order, another seed another one;
/// neighbouring positions are not neighbouring numbers.
class RandomOrderTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 15, 16, 17, 1000, 4095, 4096, 4097, 100_000})
  void itIsAPermutation(int count) {
    for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, 42}) {
      RandomOrder order = new RandomOrder(count, seed);
      BitSet seen = new BitSet();
      for (int position = 0; position < count; position++) {
        long number = order.at(position);
        assertTrue(number >= 0 && number < count);
        seen.set((int) number);
      }
      assertEquals(count, seen.cardinality());
    }
  }

  @Test
  void countsBeyondAnIntStayInRange() {
    RandomOrder order = new RandomOrder(3_000_000_000L, 7);
    for (long position = 0; position < 3_000_000_000L; position += 10_000_019) {
      long number = order.at(position);
      assertTrue(number >= 0 && number < 3_000_000_000L);
    }
  }

  @Test
  void theSeedDecidesTheOrder() {
    assertEquals(numbers(7), numbers(7));
    assertNotEquals(numbers(7), numbers(8));
  }

  @Test
  void neighbouringPositionsAreFarApart() {
    RandomOrder order = new RandomOrder(10_000, 3);
    long apart = 0;
    for (int position = 1; position < 10_000; position++) {
      apart += Math.abs(order.at(position) - order.at(position - 1));
    }
    // A third of the range is what independent numbers give.
    assertEquals(3333, apart / 9_999.0, 300);
  }

  private static String numbers(long seed) {
    RandomOrder order = new RandomOrder(1000, seed);
    long[] numbers = new long[1000];
    Arrays.setAll(numbers, order::at);
    return Arrays.toString(numbers);
  }
}
