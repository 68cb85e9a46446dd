package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: distances are those of the documented space, symmetric, never negative and zero for
/// equal vectors; many at a time are the same as one at a time.
class NodeSpaceTest {
  private static final int COUNT = 40;
  private static final int DIMENSION = 9;

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void distancesAreThoseOfTheDocumentedSpace(ElementType type) {
    SplittableRandom random = Seeds.random("distancesAreThoseOfTheDocumentedSpace", 12);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, COUNT, DIMENSION, type, arena);
      double largestNorm = 0;
      for (int node = 0; node < COUNT; node++) {
        largestNorm = Math.max(largestNorm, squaredNorm(vectors, node));
      }
      for (Metric metric : Metric.values()) {
        NodeSpace space = new NodeSpace(vectors, metric, arena);
        assertEquals(COUNT, space.count());
        for (int a = 0; a < COUNT; a++) {
          for (int b = 0; b < COUNT; b++) {
            double expected = expected(vectors, metric, a, b, largestNorm);
            double tolerance = metric == Metric.COSINE ? 1e-6 : 1e-6 * largestNorm;
            assertEquals(expected, space.distance(a, b), tolerance);
          }
        }
      }
    }
  }

  private static double expected(
      VectorSource vectors, Metric metric, int a, int b, double largestNorm) {
    double l2 = TestRows.distance(Metric.SQUARED_L2, vectors, a, vectors, b);
    return switch (metric) {
      case SQUARED_L2 -> l2;
      case COSINE -> TestRows.distance(Metric.COSINE, vectors, a, vectors, b);
      case INNER_PRODUCT ->
          l2
              + Math.pow(
                  Math.sqrt(largestNorm - squaredNorm(vectors, a))
                      - Math.sqrt(largestNorm - squaredNorm(vectors, b)),
                  2);
    };
  }

  private static double squaredNorm(VectorSource vectors, int node) {
    return -TestRows.distance(Metric.INNER_PRODUCT, vectors, node, vectors, node);
  }

  @Test
  void distancesAreSymmetricAndNeverNegativeAndTheSameInBatches() {
    SplittableRandom random = Seeds.random("distancesAreSymmetricAndNeverNegative", 13);
    try (Arena arena = Arena.ofShared()) {
      for (ElementType type : ElementType.values()) {
        VectorSource vectors = TestRows.uniform(random, COUNT, DIMENSION, type, arena);
        for (int column = 0; column < DIMENSION; column++) {
          TestRows.set(vectors, 1, column, type == ElementType.UINT8 ? -127 : 0.1 + column);
          TestRows.set(vectors, 2, column, type == ElementType.UINT8 ? -127 : 0.1 + column);
        }
        for (Metric metric : Metric.values()) {
          NodeSpace space = new NodeSpace(vectors, metric, arena);
          int[] others = random.ints(0, COUNT).distinct().limit(COUNT).toArray();
          float[] distances = new float[COUNT];
          for (int a = 0; a < COUNT; a++) {
            space.distances(a, others, COUNT, distances);
            for (int i = 0; i < COUNT; i++) {
              assertTrue(distances[i] >= 0);
              assertEquals(distances[i], space.distance(a, others[i]));
              // The order of the factors may change the last bit.
              assertEquals(distances[i], space.distance(others[i], a), 1e-6f * (1 + distances[i]));
            }
          }
          assertEquals(0, space.distance(1, 2), 1e-6);
        }
      }
    }
  }

  @Test
  void underTheInnerProductTheNearestNodesAreThoseOfTheLargestProducts() {
    // The space's point: seen from a query, which has no extra coordinate, distances fall as inner
    // products rise. A node of the largest norm has none either, so it stands for such a query.
    SplittableRandom random = Seeds.random("underTheInnerProduct", 14);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, COUNT, DIMENSION, ElementType.INT8, arena);
      for (int column = 0; column < DIMENSION; column++) {
        TestRows.set(vectors, 0, column, column % 2 == 0 ? 127 : -127);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.INNER_PRODUCT, arena);
      for (int a = 1; a < COUNT; a++) {
        for (int b = 1; b < COUNT; b++) {
          double productA = TestRows.distance(Metric.INNER_PRODUCT, vectors, 0, vectors, a);
          double productB = TestRows.distance(Metric.INNER_PRODUCT, vectors, 0, vectors, b);
          if (productA < productB) {
            assertTrue(space.distance(0, a) < space.distance(0, b));
          }
        }
      }
    }
  }
}
