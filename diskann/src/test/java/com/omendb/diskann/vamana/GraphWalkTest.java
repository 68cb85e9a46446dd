package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Invariants: a walk begins where it is told to and visits every node once, whatever the graph; in
/// a graph of neighbours, nodes that follow each other are near each other.
class GraphWalkTest {

  @Test
  void everyNodeIsVisitedOnceWhateverTheGraph() {
    SplittableRandom random = Seeds.random("everyNodeIsVisitedOnceWhateverTheGraph", 23);
    for (int round = 0; round < 100; round++) {
      int count = random.nextInt(1, 300);
      int maxDegree = random.nextInt(1, 10);
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = TestRows.uniform(random, count, 2, ElementType.INT8, arena);
        int[][] edges = new int[count][];
        for (int node = 0; node < count; node++) {
          // Many nodes without edges, so that the walk has to start anew.
          int degree = Math.max(0, random.nextInt(-maxDegree, maxDegree + 1));
          edges[node] = random.ints(degree, 0, count).toArray();
        }
        int start = random.nextInt(count);
        int[] walk = walk(vectors, Fixtures.graph(edges, maxDegree, start, arena), arena);
        assertEquals(start, walk[0]);
        Arrays.sort(walk);
        assertArrayEquals(IntStream.range(0, count).toArray(), walk);
      }
    }
  }

  @Test
  void onALineTheWalkGoesToTheNearestEndAndThenBack() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestRows.uniform(new SplittableRandom(1), 7, 1, ElementType.INT8, arena);
      int[][] edges = new int[7][];
      for (int node = 0; node < 7; node++) {
        // Gaps shrink to the right: 0, 30, 55, 75, 90, 100, 105.
        TestRows.set(vectors, node, 0, new int[] {0, 30, 55, 75, 90, 100, 105}[node]);
        int[] beside = {node - 1, node + 1};
        edges[node] = Arrays.stream(beside).filter(n -> n >= 0 && n < 7).toArray();
      }
      int[] walk = walk(vectors, Fixtures.graph(edges, 2, 3, arena), arena);
      assertArrayEquals(new int[] {3, 4, 5, 6, 2, 1, 0}, walk);
    }
  }

  @Test
  void nodesThatFollowEachOtherAreNear() {
    long seed = Seeds.seed("nodesThatFollowEachOtherAreNear", 24);
    int count = 1_500;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(count, 12, ElementType.UINT8, seed, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph =
          VamanaBuilder.build(
              space, new VamanaOptions(16, 24, 1.2f, 1, seed), arena, "graph", Progress.NONE);
      int[] walk = walk(vectors, graph, arena);
      double walked = 0;
      double unordered = 0;
      for (int i = 1; i < count; i++) {
        walked += space.distance(walk[i - 1], walk[i]);
        unordered += space.distance(i - 1, i);
      }
      assertTrue(walked < unordered / 3, walked / unordered + " of the unordered distance");
    }
  }

  private static int[] walk(VectorSource vectors, VamanaGraph graph, Arena arena) {
    NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
    return GraphWalk.of(space, graph.adjacency(), graph.medoid(), arena).toArray(NativeMemory.INT);
  }
}
