package com.omendb.tools.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static final int K = 10;
  private static final int QUERIES = 400;

  @Test
  void anEqualIndexIsNotWorse() {
    Comparison comparison = Comparison.of(List.of(answers(9, 0, 0)), 0, answers(9, 0, 0));
    assertEquals(0, comparison.gap());
    assertFalse(comparison.worse());
  }

  @Test
  void aBetterIndexIsNotWorse() {
    Comparison comparison = Comparison.of(List.of(answers(10, 0, 0)), 0, answers(9, 0, 0));
    assertEquals(-0.1, comparison.gap(), 1e-9);
    assertFalse(comparison.worse());
  }

  @Test
  void aFewMissesAreWithinChanceAndManyAreNot() {
    Comparison few = Comparison.of(List.of(answers(10, 9, 24)), 0, answers(10, 0, 0));
    assertEquals(0.006, few.gap(), 1e-9);
    assertTrue(few.worse());
    assertFalse(few.surelyWorse());
    assertTrue(Comparison.of(List.of(answers(10, 9, 60)), 0, answers(10, 0, 0)).surelyWorse());
  }

  @Test
  void oneQueryThatOnlyTheReferenceAnswersIsEnough() {
    Comparison comparison = Comparison.of(List.of(answers(10, 0, 1)), 0, answers(10, 0, 0));
    assertEquals(1, comparison.lost());
    assertTrue(comparison.gap() < Comparison.GAP_ALLOWED);
    assertTrue(comparison.surelyWorse());
    assertEquals(0, Comparison.of(List.of(answers(10, 0, 1)), 0, answers(10, 4, 1)).lost());
    assertEquals(1, Comparison.of(List.of(answers(10, 0, 0)), 0, answers(10, 0, 1)).won());
  }

  @Test
  void anIndexThatReadsLessIsComparedAtEqualReads() {
    Answers reference = answers(9, 0, 0, 10);
    List<Answers> cheap = List.of(answers(8, 0, 0, 6), answers(10, 0, 0, 12));
    // At 10 reads, two thirds of the way from 6 to 12: .8 and two thirds of .2.
    assertFalse(Comparison.of(cheap, 0, reference).worse());
    assertFalse(Comparison.of(cheap, 0, answers(9, 0, 0, 9)).worse());
    assertTrue(Comparison.of(cheap, 0, answers(9, 0, 0, 8.8)).surelyWorse());
    List<Answers> asDear = List.of(answers(8, 0, 0, 10), answers(10, 0, 0, 10.1));
    assertTrue(Comparison.of(asDear, 0, reference).surelyWorse());
    // Beyond the longest list nothing is known.
    assertTrue(Comparison.of(cheap.subList(0, 1), 0, reference).surelyWorse());
    assertTrue(Comparison.of(List.of(answers(10, 0, 1, 1)), 0, answers(10, 0, 0, 2)).worse());
  }

  /// The first `others` queries have found so many, the rest `hits`.
  private static Answers answers(int hits, int otherHits, int others) {
    return answers(hits, otherHits, others, 0);
  }

  private static Answers answers(int hits, int otherHits, int others, double pageReads) {
    int[] found = new int[QUERIES];
    Arrays.fill(found, hits);
    Arrays.fill(found, 0, others, otherHits);
    return new Answers(20, K, found, pageReads);
  }
}
