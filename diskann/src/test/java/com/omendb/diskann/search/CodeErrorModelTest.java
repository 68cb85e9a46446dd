package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pq.CodeError;
import com.omendb.vectors.Metric;
import com.omendb.vectors.testing.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: probabilities are those of the normal distribution, within a hundredth, and those of
/// a step where codes do not err; the error is that of the metric, never negative or undefined.
class CodeErrorModelTest {
  private static final CodeError ERROR = new CodeError(9, 6, 0.5, -0.25, 0.125);

  @Test
  void probabilitiesAreThoseOfTheNormalDistribution() {
    SplittableRandom random = Seeds.random("probabilitiesAreThoseOfTheNormalDistribution", 202);
    for (int round = 0; round < 400; round++) {
      double deviation = random.nextDouble(1e-3, 1e4);
      float bound = (float) random.nextDouble(-1e5, 1e5);
      double steps = random.nextDouble(-4, 4);
      float key = (float) (bound - steps * deviation);
      double expected = normal((bound - (double) key) / deviation);
      assertEquals(expected, CodeErrorModel.probability(key, bound, deviation), 0.0101);
    }
    assertEquals(0.5, CodeErrorModel.probability(7f, 7f, 2), 1e-12);
    assertEquals(0, CodeErrorModel.probability(1e30f, 0, 1e-3));
    assertEquals(1, CodeErrorModel.probability(-1e30f, 0, 1e-3));
  }

  // The normal distribution function by the trapezoid rule.
  private static double normal(double x) {
    int steps = 2_000;
    double width = (x + 10) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double at = -10 + i * width;
      sum += (i == 0 || i == steps ? 0.5 : 1) * Math.exp(-at * at / 2);
    }
    return sum * width / Math.sqrt(2 * Math.PI);
  }

  @Test
  void aNearerKeyIsNeverLessLikely() {
    SplittableRandom random = Seeds.random("aNearerKeyIsNeverLessLikely", 203);
    for (int round = 0; round < 100; round++) {
      double deviation = round % 10 == 0 ? 0 : random.nextDouble(0.01, 100);
      double last = 1;
      for (float key = -200; key < 200; key += 7.3f) {
        double probability = CodeErrorModel.probability(key, 20f, deviation);
        assertTrue(probability >= 0 && probability <= last, "key=" + key);
        last = probability;
      }
      assertTrue(last < 0.5);
    }
  }

  @Test
  void exactCodesLeaveNoDoubt() {
    assertEquals(1, CodeErrorModel.probability(4f, 5f, 0));
    assertEquals(1, CodeErrorModel.probability(5f, 5f, 0));
    assertEquals(0, CodeErrorModel.probability(6f, 5f, 0));
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theErrorIsThatOfTheMetric(Metric metric) {
    CodeErrorModel model = new CodeErrorModel(metric, ERROR);
    // Squared distances err more the larger they are, with half the squared residual even where
    // they are nothing; inner products the longer the query is.
    switch (metric) {
      case SQUARED_L2 -> {
        assertEquals(6, model.offset(3));
        assertEquals(0.5 * 4, model.deviation(11.5f, 3));
      }
      case COSINE -> {
        assertEquals(3, model.offset(3));
        assertEquals(0.5 * 2, model.deviation(5.75f, 3));
      }
      case INNER_PRODUCT -> {
        assertEquals(-0.75, model.offset(3));
        assertEquals(0.375, model.deviation(16, 3));
        assertEquals(0.375, model.deviation(-16, 3));
      }
    }
    for (float distance : new float[] {-1e9f, -1e-9f, 0, 1e-9f}) {
      double deviation = model.deviation(distance, 1);
      assertTrue(deviation > 0 && deviation < 1.1, "deviation=" + deviation);
    }
  }
}
