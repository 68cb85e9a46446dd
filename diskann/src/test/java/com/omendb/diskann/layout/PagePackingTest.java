package com.omendb.diskann.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.diskann.vamana.GraphWalk;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: every node is placed once, whatever the graph; a page's records fit its room, and a
/// page ends only where the next seed does not fit; nodes that share a page are near each other.
class PagePackingTest {
  private static final int ROOM = 4_000;

  /// An order of nodes and where its pages begin.
  private static final class Packed {
    final int[] nodes;
    final BitSet starts;
    final int[] bytes;

    Packed(int[] nodes, BitSet starts, int[] bytes) {
      this.nodes = nodes;
      this.starts = starts;
      this.bytes = bytes;
    }
  }

  @Test
  void everyNodeIsPlacedOnceWithinTheRoomOfItsPage() {
    SplittableRandom random = Seeds.random("everyNodeIsPlacedOnceWithinTheRoomOfItsPage", 205);
    for (int round = 0; round < 60; round++) {
      int count = 1 + random.nextInt(round % 10 == 0 ? 800 : 60);
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = TestRows.uniform(random, count, 5, ElementType.INT8, arena);
        NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
        // Down to graphs without any edge; up to more neighbours than a pool takes of one node.
        int maxDegree = new int[] {0, 1, 5, 60}[round % 4];
        int[][] rows = new int[count][];
        for (int node = 0; node < count; node++) {
          rows[node] =
              random.ints(0, count).limit(random.nextInt(maxDegree + 1)).distinct().toArray();
        }
        int largest = round % 3 == 0 ? ROOM : 500;
        int[] bytes = random.ints(count, 1, largest + 1).toArray();
        int[] walk = shuffled(random, count);
        assertPacked(pack(space, Fixtures.graph(rows, 64, 0, arena), walk, bytes, arena));
      }
    }
  }

  private static void assertPacked(Packed packed) {
    int count = packed.nodes.length;
    BitSet placed = new BitSet();
    int room = -1;
    for (int position = 0; position < count; position++) {
      int node = packed.nodes[position];
      assertFalse(placed.get(node), "node=" + node);
      placed.set(node);
      if (packed.starts.get(position)) {
        room = ROOM;
      }
      room -= packed.bytes[node];
      assertTrue(room >= 0, "position=" + position + ", room=" + room);
    }
    assertEquals(count, placed.cardinality());
    assertTrue(packed.starts.length() <= count);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void nodesThatShareAPageAreNearEachOther(Metric metric) {
    long seed = Seeds.seed("nodesThatShareAPageAreNearEachOther", 206);
    try (Arena arena = Arena.ofShared()) {
      int count = 1_500;
      VectorSource vectors = TestIndexes.clustered(count, 16, ElementType.UINT8, seed, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      VamanaGraph graph =
          VamanaBuilder.build(
              space, new VamanaOptions(24, 40, 1.2f, 1, seed), arena, "graph", Progress.NONE);
      MemorySegment order = GraphWalk.of(space, graph.adjacency(), graph.medoid(), arena);
      int[] walk = order.toArray(NativeMemory.INT);
      int[] bytes = IntStream.generate(() -> ROOM / 16).limit(count).toArray();
      Packed packed = pack(space, graph, walk, bytes, arena);
      assertPacked(packed);
      // Records of one size fill all pages but few, where the walk had nothing near left.
      int pages = packed.starts.cardinality();
      assertTrue(pages <= Math.ceilDiv(count, 16) * 1.02 + 1, "pages=" + pages);
      double random = meanDistance(space, shuffled(new SplittableRandom(seed), count));
      double walked = meanDistance(space, walk);
      double together = meanDistance(space, packed.nodes);
      assertTrue(
          together < 0.92 * walked && together < 0.5 * random,
          "packed=" + together + ", walked=" + walked + ", random=" + random);
    }
  }

  // Mean distance of the pairs within each sixteen nodes of an order.
  private static double meanDistance(NodeSpace space, int[] order) {
    double sum = 0;
    int pairs = 0;
    for (int a = 0; a < order.length; a++) {
      for (int b = a + 1; b < Math.min(a / 16 * 16 + 16, order.length); b++) {
        sum += space.distance(order[a], order[b]);
        pairs++;
      }
    }
    return sum / pairs;
  }

  @Test
  void progressCountsEveryNode() {
    SplittableRandom random = Seeds.random("progressCountsEveryNode", 207);
    AtomicLong units = new AtomicLong();
    Progress progress =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {}

          @Override
          public void advance(long moreUnits) {
            units.addAndGet(moreUnits);
          }
        };
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, 77, 3, ElementType.UINT8, arena);
      PagePacking.pack(
          new NodeSpace(vectors, Metric.SQUARED_L2, arena),
          Fixtures.graph(new int[77][0], 4, 0, arena).adjacency(),
          arena.allocateFrom(NativeMemory.INT, shuffled(random, 77)),
          arena.allocate(2 * 77L, 64),
          ROOM,
          new BitSet(),
          progress,
          arena);
    }
    assertEquals(77, units.get());
  }

  private static Packed pack(
      NodeSpace space, VamanaGraph graph, int[] walk, int[] bytes, Arena arena) {
    MemorySegment recordBytes = arena.allocate(2L * bytes.length, 64);
    for (int node = 0; node < bytes.length; node++) {
      recordBytes.setAtIndex(NativeMemory.SHORT, node, (short) bytes[node]);
    }
    BitSet starts = new BitSet();
    MemorySegment order =
        PagePacking.pack(
            space,
            graph.adjacency(),
            arena.allocateFrom(NativeMemory.INT, walk),
            recordBytes,
            ROOM,
            starts,
            Progress.NONE,
            arena);
    return new Packed(order.toArray(NativeMemory.INT), starts, bytes);
  }

  private static int[] shuffled(SplittableRandom random, int count) {
    int[] order = IntStream.range(0, count).toArray();
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int moved = order[i];
      order[i] = order[other];
      order[other] = moved;
    }
    return order;
  }
}
