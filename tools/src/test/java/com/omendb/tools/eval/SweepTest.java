package com.omendb.tools.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A sweep's sizes ascend, lie between k and the limit, begin where recall is about 0.8, end where
/// it is 0.999, and are ten or more, whatever the curve.
final class SweepTest {
  private static final int LIMIT = 10_000;

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1, 10, 40, 200, 1000, 5000})
  void coversTheCurve(double hardness) throws IOException, InterruptedException {
    Sweep.Pilot curve = size -> 1 - 0.7 * Math.exp(-(size - 10) / hardness);
    List<Integer> sizes = Sweep.plan(10, LIMIT, curve);
    assertTrue(sizes.size() >= 10, sizes::toString);
    assertEquals(sizes, sizes.stream().distinct().sorted().toList());
    assertTrue(sizes.getFirst() >= 10 && sizes.getLast() <= LIMIT, sizes::toString);
    assertTrue(curve.recall(sizes.getFirst()) <= Sweep.LOW_RECALL, sizes::toString);
    assertTrue(
        sizes.getFirst() == 10 || curve.recall(sizes.getFirst()) >= Sweep.LOW_RECALL - 0.2,
        sizes::toString);
    assertTrue(
        curve.recall(sizes.getLast()) >= Sweep.HIGH_RECALL || sizes.getLast() == LIMIT,
        sizes::toString);
  }

  @Test
  void aCurveThatNeverRisesIsGivenUp() throws IOException, InterruptedException {
    List<Integer> asked = new ArrayList<>();
    List<Integer> sizes =
        Sweep.plan(
            100,
            LIMIT,
            size -> {
              asked.add(size);
              return 0.9;
            });
    assertEquals(4, asked.size());
    assertTrue(sizes.size() >= 10, sizes::toString);
    assertEquals(100, sizes.getFirst());
  }

  @Test
  void theLimitIsKept() throws IOException, InterruptedException {
    assertEquals(List.of(9_998, 9_999, 10_000), Sweep.plan(9_998, LIMIT, _ -> 0.5));
    assertEquals(LIMIT, Sweep.next(9_000, LIMIT));
    assertEquals(2, Sweep.next(1, LIMIT));
  }

  @Test
  void sizesGrowGeometrically() {
    assertEquals(
        List.of(10, 15, 23, 35, 53, 81, 123, 187, 285, 433, 658, 1000), Sweep.between(10, 1000));
  }
}
