package com.omendb.datasets.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// Invariants: ties with the true k-th neighbour count, farther results never, each id once, and
/// never more than k; without true distances nothing is counted that would not be with them.
class RecallScorerTest {
  private static final int[] IDS = {10, 11, 12, 13, 14};
  private static final float[] DISTANCES = {1, 2, 3, 3, 9};

  @Test
  void perfectResultScoresEverything() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 5);
    assertEquals(5, hits(scorer, IDS, DISTANCES));
  }

  @Test
  void anotherRowAtTheSameDistanceCounts() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 3);
    assertEquals(3, hits(scorer, new int[] {10, 11, 99}, new float[] {1, 2, 3}));
    assertEquals(2, hits(scorer, new int[] {10, 11, 99}, new float[] {1, 2, 3.0001f}));
  }

  @Test
  void lastBitsOfADistanceAreForgiven() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 3);
    assertEquals(1, hits(scorer, new int[] {99}, new float[] {Math.nextUp(3f)}));
    assertEquals(0, hits(scorer, new int[] {99}, new float[] {3.00001f}));
  }

  @Test
  void trueRowCountsWhateverItsRounding() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 3);
    assertEquals(1, hits(scorer, new int[] {12}, new float[] {3.001f}));
  }

  @Test
  void duplicatesCountOnceAndEmptyPlacesNever() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 5);
    assertEquals(2, hits(scorer, new int[] {10, 10, 10, 11, 11}, new float[] {1, 1, 1, 2, 2}));
    assertEquals(1, hits(scorer, new int[] {10, -1, -1, -1, -1}, new float[] {1, 0, 0, 0, 0}));
    assertEquals(0, hits(scorer, new int[] {}, new float[] {}));
    assertEquals(0, hits(scorer, new int[] {77}, new float[] {Float.NaN}));
  }

  @Test
  void resultsAfterTheFirstKAreIgnored() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 2);
    assertEquals(1, hits(scorer, new int[] {10, 50, 11}, new float[] {1, 8, 2}));
  }

  @Test
  void negativeDistancesAreToleratedInTheRightDirection() {
    float[] products = {-9, -5, -5, -4, -1};
    RecallScorer scorer = new RecallScorer(truth(IDS, products), 3);
    assertEquals(1, hits(scorer, new int[] {99}, new float[] {Math.nextUp(-5f)}));
    assertEquals(1, hits(scorer, new int[] {99}, new float[] {-6}));
    assertEquals(0, hits(scorer, new int[] {99}, new float[] {-4.99f}));
  }

  @Test
  void withoutTrueDistancesTiesBelowTheLargestHitCount() {
    RecallScorer scorer = new RecallScorer(truth(IDS, new float[0]), 3);
    assertEquals(3, hits(scorer, new int[] {10, 99, 12}, new float[] {1, 3, 3}));
    assertEquals(2, hits(scorer, new int[] {10, 12, 99}, new float[] {1, 3, 3.5f}));
    assertEquals(0, hits(scorer, new int[] {97, 98, 99}, new float[] {0, 0, 0}), "no anchor");
    assertEquals(1, hits(scorer, new int[] {10, 98, 99}, new float[] {1, 2, 3}), "never too many");
  }

  /// The distances of this truth were computed in a coarser way than those of the search.
  @Test
  void rowsAsNearAsAReturnedTrueRowCount() {
    RecallScorer scorer = new RecallScorer(truth(IDS, DISTANCES), 3);
    float kth = 3.0002f;
    assertEquals(
        3, hits(scorer, new int[] {10, 12, 99}, new float[] {1, kth, kth}), "a tie by distance");
    assertEquals(
        2, hits(scorer, new int[] {10, 12, 99}, new float[] {1, kth, Math.nextUp(kth)}), "farther");
  }

  @Test
  void emptyPlacesOfTheTruthAreNotWanted() {
    for (float[] distances : new float[][] {{1, 2, 0, 0, 0}, {}}) {
      RecallScorer scorer = new RecallScorer(truth(new int[] {10, 11, -1, -1, -1}, distances), 5);
      assertEquals(2, scorer.wanted(0));
      assertEquals(2, hits(scorer, new int[] {10, 11, 12, 13, 14}, DISTANCES));
      assertEquals(1, hits(scorer, new int[] {10, 12, 13, 14, 15}, new float[] {1, 3, 4, 5, 6}));
      assertEquals(2, hits(scorer, new int[] {10, 11, 99}, new float[] {1, 2, 2}), "never more");
    }
    RecallScorer nothing = new RecallScorer(truth(new int[] {-1, -1, -1, -1, -1}, new float[0]), 5);
    assertEquals(0, nothing.wanted(0));
    assertEquals(0, hits(nothing, IDS, DISTANCES));
  }

  @Test
  void mistakesAreRefused() {
    GroundTruth truth = truth(IDS, DISTANCES);
    assertThrows(IllegalArgumentException.class, () -> new RecallScorer(truth, 6));
    assertThrows(IllegalArgumentException.class, () -> new RecallScorer(truth, 0));
    RecallScorer scorer = new RecallScorer(truth, 5);
    assertThrows(
        IllegalArgumentException.class, () -> scorer.hits(0, new long[] {1, 2}, new float[1]));
    assertThrows(
        IndexOutOfBoundsException.class, () -> scorer.hits(1, new long[] {1}, new float[1]));
  }

  private static int hits(RecallScorer scorer, int[] ids, float[] distances) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return scorer.hits(0, wide, distances);
  }

  private static GroundTruth truth(int[] ids, float[] distances) {
    MemorySegment idSegment = Arena.ofAuto().allocate(4L * ids.length, 4);
    MemorySegment distanceSegment =
        distances.length == 0
            ? MemorySegment.NULL
            : Arena.ofAuto().allocate(4L * distances.length, 4);
    for (int i = 0; i < ids.length; i++) {
      idSegment.setAtIndex(NativeMemory.INT, i, ids[i]);
    }
    for (int i = 0; i < distances.length; i++) {
      distanceSegment.setAtIndex(NativeMemory.FLOAT, i, distances[i]);
    }
    return new GroundTruth(1, ids.length, idSegment, distanceSegment);
  }
}
