package com.omendb.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.vectors.testing.TestFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a space has vectors of a possible dimension; only floats under cosine are stored at
/// unit length.
class SpaceTest {
  @ParameterizedTest
  @ValueSource(ints = {-1, 0, VectorSource.MAX_DIMENSION + 1})
  void dimensionsOutOfRangeAreRefused(int dimension) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Space(Metric.SQUARED_L2, ElementType.INT8, dimension));
    TestFiles.assertMentions("dimension=" + dimension, e);
  }

  @Test
  void onlyFloatsUnderCosineHaveUnitLength() {
    for (Metric metric : Metric.values()) {
      for (ElementType type : ElementType.values()) {
        Space space = new Space(metric, type, VectorSource.MAX_DIMENSION);
        assertEquals(metric == Metric.COSINE && type == ElementType.FLOAT32, space.unitLength());
        assertEquals(VectorSource.MAX_DIMENSION * type.elementBytes(), space.vectorBytes());
      }
    }
  }
}
