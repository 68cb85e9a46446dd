package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Invariants: copies are in the order of their nodes and at the same distances; what may have no
/// room is refused whole.
class NodeCopiesTest {
  private static final int COUNT = 300;

  @Test
  void copiesAreAtTheDistancesOfTheirNodes() {
    SplittableRandom random = Seeds.random("copiesAreAtTheDistancesOfTheirNodes", 14);
    try (Arena arena = Arena.ofShared()) {
      for (ElementType type : ElementType.values()) {
        VectorSource vectors = TestRows.uniform(random, COUNT, 13, type, arena);
        for (Metric metric : Metric.values()) {
          NodeSpace space = new NodeSpace(vectors, metric, arena);
          NodeCopies copies = new NodeCopies(space, 100, arena);
          for (int round = 0; round < 3; round++) {
            copies.clear();
            int[] wanted = random.ints(50, 0, COUNT).toArray();
            assertTrue(copies.want(wanted, 50));
            assertTrue(copies.want(wanted, 50));
            copies.load();
            assertSameDistances(space, copies, wanted);
          }
        }
      }
    }
  }

  private static void assertSameDistances(NodeSpace space, NodeCopies copies, int[] wanted) {
    int[] nodes = IntStream.of(wanted).sorted().distinct().toArray();
    int[] positions = IntStream.of(nodes).map(copies::position).toArray();
    assertArrayEquals(IntStream.range(0, nodes.length).toArray(), positions);
    float[] expected = new float[nodes.length];
    float[] distances = new float[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      assertEquals(nodes[i], copies.node(i));
      space.distances(nodes[i], nodes, nodes.length, expected);
      copies.space().distances(i, positions, nodes.length, distances);
      assertArrayEquals(expected, distances);
    }
  }

  @Test
  void whatMayHaveNoRoomIsRefusedWhole() {
    SplittableRandom random = Seeds.random("whatMayHaveNoRoomIsRefusedWhole", 15);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, COUNT, 4, ElementType.INT8, arena);
      NodeCopies copies = new NodeCopies(new NodeSpace(vectors, Metric.COSINE, arena), 10, arena);
      assertTrue(copies.want(new int[] {7, 3, 9}, 3));
      assertFalse(copies.want(new int[] {1, 2, 4, 5, 6, 8, 10, 11}, 8));
      assertTrue(copies.want(new int[] {0, 299}, 2));
      copies.load();
      int[] nodes = IntStream.range(0, 5).map(copies::node).toArray();
      assertArrayEquals(new int[] {0, 3, 7, 9, 299}, nodes);
    }
  }

  @Test
  void theCapacityFollowsFromTheBytesOfANode() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestRows.uniform(new SplittableRandom(1), COUNT, 24, ElementType.UINT8, arena);
      assertEquals(
          100, NodeCopies.capacity(new NodeSpace(vectors, Metric.SQUARED_L2, arena), 6_000));
      assertEquals(100, NodeCopies.capacity(new NodeSpace(vectors, Metric.COSINE, arena), 6_400));
    }
  }
}
