package com.omendb.diskann.leaf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a build knows of its own graph is what queries would find, and a graph that fails them is
/// mended; a good one is left as it is.
class RefinementTest {
  private static final int DIMENSION = 16;
  private static final VamanaOptions OPTIONS = new VamanaOptions(32, 48, 1.2f, 1, 7);

  @ParameterizedTest
  @EnumSource(Metric.class)
  void trueNeighboursAreThoseOfAnExhaustiveSearch(Metric metric) {
    long seed = Seeds.seed("trueNeighboursAreThoseOfAnExhaustiveSearch", 71);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestIndexes.clustered(700, DIMENSION, ElementType.FLOAT32, seed, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      ProbeQueries queries =
          ProbeQueries.of(space, 16, node -> node % 3 == 0, node -> node, 2, seed, arena);
      DistanceKernel kernel = DistanceKernels.of(metric, ElementType.FLOAT32, DIMENSION);
      for (int query = 0; query < queries.count(); query++) {
        long address = queries.address(query);
        float[] expected = new float[700 - 234];
        for (int node = 0, i = 0; node < 700; node++) {
          if (node % 3 != 0) {
            expected[i++] = kernel.distance(address, vectors.address(node));
          }
        }
        Arrays.sort(expected);
        float[] actual = new float[ProbeQueries.K];
        for (int rank = 0; rank < actual.length; rank++) {
          int node = queries.trueNode(query, rank);
          assertTrue(node % 3 != 0, "an excluded node: node=" + node);
          actual[rank] = kernel.distance(address, vectors.address(node));
        }
        assertArrayEquals(Arrays.copyOf(expected, actual.length), actual, 1e-3f);
        assertEquals(expected[ProbeQueries.K - 1], queries.bound(query), 1e-3f);
      }
    }
  }

  @Test
  void clustersThatNoEdgeJoinsAreJoined() {
    long seed = Seeds.seed("clustersThatNoEdgeJoinsAreJoined", 72);
    int clusters = 24;
    int members = 50;
    try (Arena arena = Arena.ofShared()) {
      NodeSpace space = clusters(clusters, members, seed, arena);
      Adjacency rows = new Adjacency(arena, space.count(), 32, 32);
      for (int node = 0; node < space.count(); node++) {
        int[] row = new int[16];
        int first = node / members * members;
        for (int i = 0; i < row.length; i++) {
          row[i] = first + (node - first + i + 1) % members;
        }
        set(rows, node, row);
      }
      VamanaGraph graph = new VamanaGraph(rows, 0, true);
      GraphProbe.Measure before = GraphProbe.measure(space, graph, OPTIONS);
      assertTrue(before.recall() < 0.7, "before: " + before);
      GraphProbe.Measure after =
          new Refinement(space, graph, _ -> false, OPTIONS, "graph", Progress.NONE).run();
      assertTrue(after.recall() > 0.99, "after: " + after);
      assertTrue(after.lost() < 5, "after: " + after);
      assertEquals(after, GraphProbe.measure(space, graph, OPTIONS));
    }
  }

  @Test
  void aGraphInWhichEverythingIsFoundIsLeftAsItIs() {
    long seed = Seeds.seed("aGraphInWhichEverythingIsFoundIsLeftAsItIs", 73);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(400, 4, ElementType.FLOAT32, seed, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      Adjacency rows = new Adjacency(arena, 400, 399, 399);
      int[] row = new int[399];
      for (int node = 0; node < 400; node++) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (node + i + 1) % 400;
        }
        set(rows, node, row);
      }
      // Not in the order of a prune, so that a search follows the edges that a prune chooses.
      VamanaGraph graph = new VamanaGraph(rows, 0, false);
      GraphProbe.Measure measure =
          new Refinement(space, graph, _ -> false, OPTIONS, "graph", Progress.NONE).run();
      assertEquals(1, measure.recall());
      assertEquals(399, rows.copy(5, row));
      assertEquals(6, row[0]);
    }
  }

  @Test
  void aGraphOfTwoPassesIsMeasuredAsGood() {
    long seed = Seeds.seed("aGraphOfTwoPassesIsMeasuredAsGood", 74);
    try (Arena arena = Arena.ofShared()) {
      NodeSpace space = clusters(20, 60, seed, arena);
      VamanaGraph graph = VamanaBuilder.build(space, OPTIONS, arena, "graph", Progress.NONE);
      GraphProbe.Measure measure = GraphProbe.measure(space, graph, OPTIONS);
      assertTrue(measure.recall() > 0.98, measure.toString());
    }
  }

  private static NodeSpace clusters(int clusters, int members, long seed, Arena arena) {
    Random random = new Random(seed);
    int count = clusters * members;
    MemorySegment block = arena.allocate((long) count * DIMENSION * Float.BYTES, 64);
    float[] centre = new float[DIMENSION];
    for (int node = 0; node < count; node++) {
      for (int d = 0; d < DIMENSION; d++) {
        if (node % members == 0) {
          centre[d] = 1000 * random.nextFloat();
        }
        block.setAtIndex(
            NativeMemory.FLOAT,
            (long) node * DIMENSION + d,
            centre[d] + (float) random.nextGaussian());
      }
    }
    return new NodeSpace(
        VectorSource.dense(block, count, DIMENSION, ElementType.FLOAT32), Metric.SQUARED_L2, arena);
  }

  private static void set(Adjacency rows, int node, int[] row) {
    rows.lock(node);
    try {
      rows.set(node, row, row.length);
    } finally {
      rows.unlock(node);
    }
  }
}
