package com.omendb.diskann.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Means of groups by hand.
class GroupMeansTest {
  private static final int DIMENSION = 4;

  @Test
  void meansOfSmallIntegersKeepTheirFractions() {
    try (Arena arena = Arena.ofConfined()) {
      // Row i has a 1 in column i mod 4: whole numbers would leave nothing of the mean of four.
      VectorSource oneHot = vectors(8, arena);
      NodeOrder order = Fixtures.order(IntStream.range(0, 8).toArray(), arena);
      VectorSource means =
          GroupMeans.of(
              oneHot, Metric.SQUARED_L2, order, NodeGroups.of(8, 4), PageGraph.MEANS, arena);
      assertEquals(2, means.count());
      for (int column = 0; column < DIMENSION; column++) {
        assertEquals(0.25f, element(means, 1, column));
      }
    }
  }

  @Test
  void theMeanOfDirectionsDoesNotGoByLengths() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors = vectors(2, arena);
      vectors.segment().set(NativeMemory.BYTE, vectors.offset(1) + 1, (byte) 99);
      NodeOrder order = Fixtures.order(new int[] {1, 0}, arena);
      VectorSource mean =
          GroupMeans.of(
              vectors, Metric.COSINE, order, NodeGroups.of(2, 4), ElementType.FLOAT32, arena);
      // Lengths 1 and 99: 50 on average, half of it in each direction.
      assertEquals(25f, element(mean, 0, 0), 1e-4f);
      assertEquals(25f, element(mean, 0, 1), 1e-4f);
      assertEquals(0f, element(mean, 0, 2));
    }
  }

  private static VectorSource vectors(int count, Arena arena) {
    MemorySegment rows = arena.allocate((long) count * DIMENSION);
    for (int row = 0; row < count; row++) {
      rows.set(NativeMemory.BYTE, (long) row * DIMENSION + row % DIMENSION, (byte) 1);
    }
    return VectorSource.dense(rows, count, DIMENSION, ElementType.UINT8);
  }

  private static float element(VectorSource means, int row, int column) {
    return means.segment().get(NativeMemory.FLOAT, means.offset(row) + 4L * column);
  }
}
