package com.omendb.vectors.testing.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.VectorSource;
import com.omendb.vectors.check.VectorChecks;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HardFamiliesTest {
  private static final int QUERIES = 20;

  @Test
  void noTwoFamiliesHaveOneName() {
    Set<String> names = new HashSet<>();
    for (HardFamily family : HardFamilies.all()) {
      assertTrue(names.add(family.name()), family.name());
    }
  }

  static Iterable<HardFamily> all() {
    return HardFamilies.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSeedGivesTheSameUsableVectorsAgain(HardFamily family) {
    int count = Math.max(family.leastCount(), 300);
    try (Arena arena = Arena.ofShared()) {
      HardVectors vectors = family.generate(count, QUERIES, 7, arena);
      HardVectors again = family.generate(count, QUERIES, 7, arena);
      assertEquals(count, vectors.base().count());
      assertEquals(QUERIES, vectors.queries().count());
      VectorChecks.requireUsable(vectors.base(), family.metric(), "base", 1);
      VectorChecks.requireUsable(vectors.queries(), family.metric(), "queries", 1);
      assertSame(vectors.base(), again.base());
      assertSame(vectors.queries(), again.queries());
    }
  }

  @Test
  void anotherSeedGivesOtherVectors() {
    HardFamily family = HardFamilies.named("dense/gaussian-32");
    try (Arena arena = Arena.ofConfined()) {
      VectorSource one = family.generate(100, 1, 1, arena).base();
      VectorSource two = family.generate(100, 1, 2, arena).base();
      assertTrue(one.segment().mismatch(two.segment()) >= 0);
    }
  }

  @Test
  void copiesTakeTheShareThatTheNameSays() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource base =
          HardFamilies.named("copies/of-10-20%").generate(1_000, 1, 1, arena).base();
      Set<String> distinct = new HashSet<>();
      for (int row = 0; row < base.count(); row++) {
        StringBuilder vector = new StringBuilder();
        for (int column = 0; column < base.dimension(); column++) {
          vector.append(base.element(row, column)).append(' ');
        }
        distinct.add(vector.toString());
      }
      assertEquals(800, distinct.size());
    }
  }

  @Test
  void sortedOnesAscendInTheirFirstElement() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource base =
          HardFamilies.named("sorted/gaussian-16").generate(500, 1, 1, arena).base();
      for (int row = 1; row < base.count(); row++) {
        assertTrue(base.element(row - 1, 0) <= base.element(row, 0));
      }
    }
  }

  @Test
  void tooFewVectorsAndUnknownNamesAreRefused() {
    HardFamily family = HardFamilies.named("clusters/number-400-apart-10");
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(IllegalArgumentException.class, () -> family.generate(799, 1, 1, arena));
    }
    assertThrows(IllegalArgumentException.class, () -> HardFamilies.named("none"));
    assertThrows(
        IllegalArgumentException.class, () -> HardFamilies.matching(Pattern.compile("none-such")));
  }

  private static void assertSame(VectorSource a, VectorSource b) {
    assertEquals(-1, a.segment().mismatch(b.segment()));
  }
}
