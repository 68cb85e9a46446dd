package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Invariants: the result holds distinct candidates, never the node itself and at most R of them;
/// the nearest candidate is always among them; none was occluded by a nearer one chosen before it;
/// unless R are chosen, every candidate left out is occluded; with fill, the places left take the
/// nearest of those. Each is checked against its definition by brute force.
class RobustPruneTest {
  private static final int COUNT = 300;

  @ParameterizedTest
  @CsvSource({
    "4, 1, 3",
    "4, 1.2, 3",
    "16, 1, 3",
    "16, 1.2, 3",
    "16, 2, 3",
    "64, 1.2, 3",
    "64, 4, 3",
    "16, 1.2, 1",
    "16, 1.2, 40",
    "250, 1.2, 12"
  })
  void theChoiceKeepsToItsDefinition(int maxDegree, float alpha, int dimension) {
    SplittableRandom random = Seeds.random("theChoiceKeepsToItsDefinition", 15);
    try (Arena arena = Arena.ofShared()) {
      for (Metric metric : Metric.values()) {
        VectorSource vectors = TestRows.uniform(random, COUNT, dimension, ElementType.INT8, arena);
        Case prepared = new Case(new NodeSpace(vectors, metric, arena), maxDegree, alpha);
        for (int round = 0; round < 30; round++) {
          prepared.check(random);
        }
      }
    }
  }

  /// One space and setting, pruned for many nodes.
  private static final class Case {
    private final NodeSpace space;
    private final int maxDegree;
    private final float alpha;
    private final RobustPrune prune;

    Case(NodeSpace space, int maxDegree, float alpha) {
      this.space = space;
      this.maxDegree = maxDegree;
      this.alpha = alpha;
      this.prune = new RobustPrune(space, maxDegree);
    }

    void check(SplittableRandom random) {
      int node = random.nextInt(COUNT);
      int[] added = random.ints(random.nextInt(1, 2 * COUNT), 0, COUNT).toArray();
      List<Integer> candidates = sortedDistinct(node, added);
      int[] result = prune(node, added, false);
      checkChoice(node, candidates, result);
      int[] filled = prune(node, added, true);
      checkFill(candidates, result, filled);
    }

    private int[] prune(int node, int[] added, boolean fill) {
      prune.clear();
      for (int candidate : added) {
        prune.add(candidate, space.distance(node, candidate));
      }
      int[] result = new int[maxDegree];
      return Arrays.copyOf(result, prune.prune(node, alpha, fill, result));
    }

    private List<Integer> sortedDistinct(int node, int[] added) {
      return Arrays.stream(added)
          .filter(candidate -> candidate != node)
          .distinct()
          .boxed()
          .sorted(
              Comparator.comparingDouble((Integer candidate) -> space.distance(node, candidate))
                  .thenComparing(candidate -> candidate))
          .toList();
    }

    private void checkChoice(int node, List<Integer> candidates, int[] result) {
      Set<Integer> chosen = new HashSet<>();
      for (int i = 0; i < result.length; i++) {
        assertTrue(result[i] != node, "the node itself");
        assertTrue(candidates.contains(result[i]), "not a candidate: " + result[i]);
        for (int before : chosen) {
          if (candidates.indexOf(before) < candidates.indexOf(result[i])) {
            assertTrue(!occludes(node, before, result[i]), "occluded by " + before);
          }
        }
        assertTrue(chosen.add(result[i]), "twice: " + result[i]);
      }
      if (!candidates.isEmpty()) {
        assertEquals(candidates.getFirst(), result[0]);
      }
      if (result.length < maxDegree) {
        for (int left : candidates) {
          assertTrue(
              chosen.contains(left) || isOccluded(node, left, candidates, chosen),
              "left out without a reason: " + left);
        }
      }
    }

    private boolean isOccluded(
        int node, int candidate, List<Integer> candidates, Set<Integer> chosen) {
      return chosen.stream()
          .filter(other -> candidates.indexOf(other) < candidates.indexOf(candidate))
          .anyMatch(other -> occludes(node, other, candidate));
    }

    /// Whether the candidate is alpha times nearer to the chosen node than to the pruned one.
    private boolean occludes(int node, int chosen, int candidate) {
      float toChosen = space.distance(chosen, candidate);
      return toChosen == 0f || space.distance(node, candidate) > alpha * toChosen;
    }

    private void checkFill(List<Integer> candidates, int[] result, int[] filled) {
      List<Integer> expected = new ArrayList<>();
      Arrays.stream(result).forEach(expected::add);
      for (int candidate : candidates) {
        if (expected.size() < maxDegree && !expected.contains(candidate)) {
          expected.add(candidate);
        }
      }
      int[] wanted = expected.stream().mapToInt(Integer::intValue).toArray();
      assertArrayEquals(wanted, filled);
    }
  }

  @Test
  void alphaOneIsChosenBeforeWhatOnlyTheLargerAlphaAdmits() {
    // On a line: the node at 0, a at 10, b at 17, c at -50. From a, b is 100/49 times nearer
    // squared distance 289 to the node, 49 to a: occluded at any alpha below 5.9.
    assertArrayEquals(new int[] {1, 3}, pruneLine(2f, false, 3, 0, 10, 17, -50));
    assertArrayEquals(new int[] {1, 3, 2}, pruneLine(2f, true, 3, 0, 10, 17, -50));
    // b at 24 is 576/196 = 2.9 times nearer to a: alpha 3 admits it, after c.
    assertArrayEquals(new int[] {1, 3, 2}, pruneLine(3f, false, 3, 0, 10, 24, -50));
    assertArrayEquals(new int[] {1, 3}, pruneLine(2.9f, false, 3, 0, 10, 24, -50));
  }

  @Test
  void duplicatesOfTheNodeOrOfAChosenOneAreTakenOnlyToFill() {
    assertArrayEquals(new int[] {1}, pruneLine(1.2f, false, 4, 5, 5, 5, 5));
    assertArrayEquals(new int[] {1, 2, 3}, pruneLine(1.2f, true, 4, 5, 5, 5, 5));
    assertArrayEquals(new int[] {1, 3}, pruneLine(1.2f, false, 4, 0, 7, 7, -9));
    assertArrayEquals(new int[] {1, 3}, pruneLine(1.2f, true, 2, 0, 7, 7, -9));
  }

  @Test
  void withoutCandidatesNothingIsChosen() {
    assertArrayEquals(new int[0], pruneLine(1.2f, true, 4, 5));
  }

  /// Prunes node 0 with all other points of a line as candidates.
  private static int[] pruneLine(float alpha, boolean fill, int maxDegree, int... points) {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestRows.uniform(new SplittableRandom(1), points.length, 1, ElementType.FLOAT32, arena);
      for (int i = 0; i < points.length; i++) {
        TestRows.set(vectors, i, 0, points[i]);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      RobustPrune prune = new RobustPrune(space, maxDegree);
      prune.clear();
      for (int i = points.length - 1; i >= 0; i--) {
        prune.add(i, space.distance(0, i));
        prune.add(i, space.distance(0, i));
      }
      int[] result = new int[maxDegree];
      return Arrays.copyOf(result, prune.prune(0, alpha, fill, result));
    }
  }
}
