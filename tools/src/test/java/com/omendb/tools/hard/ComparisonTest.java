package com.omendb.tools.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static final int K = 10;
  private static final int QUERIES = 400;

  @Test
  void anEqualIndexIsNotWorse() {
    Comparison comparison = Comparison.of(answers(9, 0, 0), answers(9, 0, 0));
    assertEquals(0, comparison.gap());
    assertFalse(comparison.worse());
  }

  @Test
  void aBetterIndexIsNotWorse() {
    Comparison comparison = Comparison.of(answers(10, 0, 0), answers(9, 0, 0));
    assertEquals(-0.1, comparison.gap(), 1e-9);
    assertFalse(comparison.worse());
  }

  @Test
  void aFewMissesAreWithinChanceAndManyAreNot() {
    Comparison few = Comparison.of(answers(10, 9, 24), answers(10, 0, 0));
    assertEquals(0.006, few.gap(), 1e-9);
    assertTrue(few.worse());
    assertFalse(few.surelyWorse());
    assertTrue(Comparison.of(answers(10, 9, 60), answers(10, 0, 0)).surelyWorse());
  }

  @Test
  void oneQueryThatOnlyTheReferenceAnswersIsEnough() {
    Comparison comparison = Comparison.of(answers(10, 0, 1), answers(10, 0, 0));
    assertEquals(1, comparison.lost());
    assertTrue(comparison.gap() < Comparison.GAP_ALLOWED);
    assertTrue(comparison.surelyWorse());
    assertEquals(0, Comparison.of(answers(10, 0, 1), answers(10, 4, 1)).lost());
    assertEquals(1, Comparison.of(answers(10, 0, 0), answers(10, 0, 1)).won());
  }

  /// The first `others` queries have found so many, the rest `hits`.
  private static Answers answers(int hits, int otherHits, int others) {
    int[] found = new int[QUERIES];
    Arrays.fill(found, hits);
    Arrays.fill(found, 0, others, otherHits);
    return new Answers(20, K, found, 0);
  }
}
