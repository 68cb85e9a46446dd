package com.omendb.diskann.vamana;

import static com.omendb.diskann.vamana.GraphChecks.assertSound;
import static com.omendb.diskann.vamana.GraphChecks.recall;
import static com.omendb.diskann.vamana.GraphChecks.row;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants of every graph: rows hold at most maxDegree distinct nodes, never their own; every
/// node can be reached from the medoid. On ordinary data a greedy search finds nearly all of a
/// node's true neighbours. One seed on one thread gives one graph.
class VamanaBuilderTest {
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, SQUARED_L2, 0.95",
    "FLOAT32, INNER_PRODUCT, 0.95",
    "FLOAT32, COSINE, 0.95",
    "UINT8, SQUARED_L2, 0.95",
    "UINT8, INNER_PRODUCT, 0.95",
    "UINT8, COSINE, 0.95",
    "INT8, SQUARED_L2, 0.95",
    "INT8, INNER_PRODUCT, 0.95",
    "INT8, COSINE, 0.95"
  })
  void greedySearchFindsTheTrueNeighbours(ElementType type, Metric metric, double floor) {
    long seed = Seeds.seed("greedySearchFindsTheTrueNeighbours", 16);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(1_000, 24, type, seed, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      VamanaGraph graph = build(space, new VamanaOptions(24, 40, 1.2f, 1, seed), arena);
      assertSound(graph, 1_000, 24);
      double recall = recall(space, graph, 40);
      assertTrue(recall >= floor, "recall=" + recall);
    }
  }

  @Test
  void oneSeedOnOneThreadGivesOneGraph() {
    long seed = Seeds.seed("oneSeedOnOneThreadGivesOneGraph", 17);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(1_000, 16, ElementType.UINT8, seed, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaOptions options = new VamanaOptions(16, 30, 1.2f, 1, seed);
      VamanaGraph first = build(space, options, arena);
      VamanaGraph second = build(space, options, arena);
      VamanaGraph other = build(space, new VamanaOptions(16, 30, 1.2f, 1, seed + 1), arena);
      assertEquals(first.medoid(), second.medoid());
      int differing = 0;
      for (int node = 0; node < 1_000; node++) {
        assertArrayEquals(row(first, node), row(second, node));
        differing += Arrays.equals(row(first, node), row(other, node)) ? 0 : 1;
      }
      assertTrue(differing > 0, "another seed gives another graph");
    }
  }

  @Test
  void twoThreadsGiveAGraphAsGoodAsOne() {
    long seed = Seeds.seed("twoThreadsGiveAGraphAsGoodAsOne", 18);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(3_000, 16, ElementType.FLOAT32, seed, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph one = build(space, new VamanaOptions(16, 30, 1.2f, 1, seed), arena);
      VamanaGraph two = build(space, new VamanaOptions(16, 30, 1.2f, 2, seed), arena);
      assertSound(two, 3_000, 16);
      assertEquals(recall(space, one, 30), recall(space, two, 30), 0.02);
    }
  }

  @ParameterizedTest
  @CsvSource({"700, 4, 1", "700, 16, 1", "700, 16, 700", "700, 4, 350", "700, 8, 10", "700, 8, 2"})
  void duplicatesAreAllReachable(int count, int maxDegree, int distinct) {
    SplittableRandom random = Seeds.random("duplicatesAreAllReachable", 19);
    for (Metric metric : Metric.values()) {
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = TestRows.uniform(random, count, 6, ElementType.INT8, arena);
        for (int row = distinct; row < count; row++) {
          copyRow(vectors, random.nextInt(distinct), row);
        }
        NodeSpace space = new NodeSpace(vectors, metric, arena);
        VamanaGraph graph = build(space, new VamanaOptions(maxDegree, 20, 1.2f, 1, 7), arena);
        assertSound(graph, count, maxDegree);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 30})
  void fewVectorsAreFullyConnected(int count) {
    SplittableRandom random = Seeds.random("fewVectorsAreFullyConnected", 20);
    for (Metric metric : Metric.values()) {
      for (int threads = 1; threads <= 4; threads += 3) {
        try (Arena arena = Arena.ofShared()) {
          VectorSource vectors = TestRows.uniform(random, count, 5, ElementType.FLOAT32, arena);
          NodeSpace space = new NodeSpace(vectors, metric, arena);
          VamanaGraph graph = build(space, new VamanaOptions(64, 100, 1.2f, threads, 3), arena);
          assertSound(graph, count, 64);
          for (int node = 0; node < count; node++) {
            assertEquals(count - 1, graph.adjacency().degree(node), "fill leaves no place free");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 600, FLOAT32, SQUARED_L2",
    "1, 600, UINT8, COSINE",
    "2, 600, INT8, INNER_PRODUCT",
    "4096, 20, FLOAT32, COSINE",
    "4096, 20, INT8, SQUARED_L2"
  })
  void extremeDimensionsGiveSoundGraphs(int dimension, int count, ElementType type, Metric metric) {
    SplittableRandom random = Seeds.random("extremeDimensionsGiveSoundGraphs", 21);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, dimension, type, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      VamanaGraph graph = build(space, new VamanaOptions(12, 24, 1.2f, 1, 5), arena);
      assertSound(graph, count, 12);
    }
  }

  @Test
  void wellSeparatedClustersAreFoundFromTheMedoid() {
    SplittableRandom random = Seeds.random("wellSeparatedClustersAreFoundFromTheMedoid", 22);
    int count = 2_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 12, ElementType.FLOAT32, arena);
      for (int row = 0; row < count; row++) {
        int cluster = row % 20;
        for (int column = 0; column < 12; column++) {
          double centre = column == cluster % 12 ? 10_000 * (1 + cluster / 12.) : 0;
          TestRows.set(vectors, row, column, centre + random.nextGaussian());
        }
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph = build(space, new VamanaOptions(24, 40, 1.2f, 1, 9), arena);
      assertSound(graph, count, 24);
      double recall = recall(space, graph, 40);
      assertTrue(recall >= 0.95, "recall=" + recall);
    }
  }

  @Test
  void theMedoidIsTheNodeNearestToTheMean() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestRows.uniform(new SplittableRandom(1), 5, 1, ElementType.INT8, arena);
      int[] points = {-100, 3, 100, 50, -50};
      for (int row = 0; row < 5; row++) {
        TestRows.set(vectors, row, 0, points[row]);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      assertEquals(1, build(space, new VamanaOptions(4, 4, 1f, 1, 1), arena).medoid());
    }
  }

  @Test
  void aLineCanBeBuiltWithTheSmallestDegreeAndList() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestRows.uniform(new SplittableRandom(1), 2_000, 1, ElementType.FLOAT32, arena);
      for (int row = 0; row < 2_000; row++) {
        TestRows.set(vectors, row, 0, row);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      assertSound(build(space, new VamanaOptions(4, 4, 1f, 1, 1), arena), 2_000, 4);
    }
  }

  private static VamanaGraph build(NodeSpace space, VamanaOptions options, Arena arena) {
    return VamanaBuilder.build(space, options, arena, "graph", Progress.NONE);
  }

  private static void copyRow(VectorSource vectors, int from, int to) {
    vectors
        .segment()
        .asSlice(vectors.offset(to), vectors.vectorBytes())
        .copyFrom(vectors.segment().asSlice(vectors.offset(from), vectors.vectorBytes()));
  }
}
