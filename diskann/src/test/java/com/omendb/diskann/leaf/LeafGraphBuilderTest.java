package com.omendb.diskann.leaf;

import static com.omendb.diskann.vamana.GraphChecks.assertSound;
import static com.omendb.diskann.vamana.GraphChecks.recall;
import static com.omendb.diskann.vamana.GraphChecks.row;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.WorkInterruptedException;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: the same contract as [VamanaBuilder]: bounded rows of distinct nodes, every node
/// reachable, nearly all true neighbours found by a greedy search, no fewer than in a graph of two
/// passes but for a margin; whatever the metric, the type, the duplicates or the clusters. The
/// memory given for candidates does not change the graph.
class LeafGraphBuilderTest {
  private static final long PLENTY = 1L << 30;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, SQUARED_L2",
    "FLOAT32, INNER_PRODUCT",
    "FLOAT32, COSINE",
    "UINT8, SQUARED_L2",
    "UINT8, INNER_PRODUCT",
    "UINT8, COSINE",
    "INT8, SQUARED_L2",
    "INT8, INNER_PRODUCT",
    "INT8, COSINE"
  })
  void searchesFindAsMuchAsInAGraphOfTwoPasses(ElementType type, Metric metric) {
    long seed = Seeds.seed("searchesFindAsMuchAsInAGraphOfTwoPasses", 61);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(2_500, 24, type, seed, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      VamanaOptions options = new VamanaOptions(24, 40, 1.2f, 1, seed);
      VamanaGraph leaf = build(space, options, arena);
      VamanaGraph vamana = VamanaBuilder.build(space, options, arena, "graph", Progress.NONE);
      assertSound(leaf, 2_500, 24);
      double margin = 0.01;
      assertEquals(recall(space, vamana, 30), recall(space, leaf, 30) + margin, 2 * margin);
    }
  }

  @ParameterizedTest
  @CsvSource({"700, 4, 1", "700, 16, 1", "700, 16, 700", "700, 4, 350", "700, 8, 10", "700, 8, 2"})
  void duplicatesAreAllReachable(int count, int maxDegree, int distinct) {
    SplittableRandom random = Seeds.random("duplicatesAreAllReachable", 62);
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

  @Test
  void copiesDoNotCrowdOutTheOthers() {
    SplittableRandom random = Seeds.random("copiesDoNotCrowdOutTheOthers", 63);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, 4_000, 8, ElementType.FLOAT32, arena);
      for (int row = 2_000; row < 4_000; row++) {
        copyRow(vectors, row % 20, row);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph = build(space, new VamanaOptions(32, 40, 1.2f, 1, 8), arena);
      assertSound(graph, 4_000, 32);
      double recall = recall(space, graph, 60);
      assertTrue(recall >= 0.99, "recall=" + recall);
    }
  }

  @Test
  void rowsThatLeadToAVectorLeadToItsCopiesToo() {
    SplittableRandom random = Seeds.random("rowsThatLeadToAVectorLeadToItsCopiesToo", 65);
    int single = 600;
    int copied = 150;
    int count = single + 5 * copied;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 8, ElementType.FLOAT32, arena);
      for (int row = single + copied; row < count; row++) {
        copyRow(vectors, single + (row - single) % copied, row);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph = build(space, new VamanaOptions(32, 40, 1.2f, 1, 8), arena);
      assertSound(graph, count, 32);
      for (int node = 0; node < single; node++) {
        int[] row = row(graph, node);
        long originals = Arrays.stream(row).filter(to -> to >= single).count();
        long copies = Arrays.stream(row).filter(to -> to >= single + copied).count();
        assertTrue(originals == 0 || copies > 0, "node=" + node);
        assertTrue(copies <= 32 / 4 + 1, "copies=" + copies);
      }
    }
  }

  @Test
  void manyCopiesOfAVectorTakeNoPlacesInTheRowsOfOthers() {
    SplittableRandom random = Seeds.random("manyCopiesOfAVectorTakeNoPlacesInTheRowsOfOthers", 66);
    int single = 800;
    int count = 1_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 8, ElementType.FLOAT32, arena);
      for (int row = single + 1; row < count; row++) {
        copyRow(vectors, single, row);
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph = build(space, new VamanaOptions(32, 40, 1.2f, 1, 8), arena);
      assertSound(graph, count, 32);
      for (int node = 0; node < single; node++) {
        long copies = Arrays.stream(row(graph, node)).filter(to -> to > single).count();
        // One may be a bridge.
        assertTrue(copies <= 1, "node=" + node + ", copies=" + copies);
      }
    }
  }

  @Test
  void wellSeparatedClustersAreFoundFromTheMedoid() {
    SplittableRandom random = Seeds.random("wellSeparatedClustersAreFoundFromTheMedoid", 64);
    int count = 6_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 12, ElementType.FLOAT32, arena);
      double[][] centres = new double[60][12];
      for (double[] centre : centres) {
        for (int column = 0; column < 12; column++) {
          centre[column] = 1_000 * random.nextGaussian();
        }
      }
      for (int row = 0; row < count; row++) {
        for (int column = 0; column < 12; column++) {
          TestRows.set(vectors, row, column, centres[row % 60][column] + random.nextGaussian());
        }
      }
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      VamanaGraph graph = build(space, new VamanaOptions(24, 40, 1.2f, 1, 9), arena);
      assertSound(graph, count, 24);
      double recall = recall(space, graph, 40);
      assertTrue(recall >= 0.95, "recall=" + recall);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 30})
  void fewVectorsAreFullyConnected(int count) {
    SplittableRandom random = Seeds.random("fewVectorsAreFullyConnected", 65);
    for (Metric metric : Metric.values()) {
      for (int threads = 1; threads <= 4; threads += 3) {
        try (Arena arena = Arena.ofShared()) {
          VectorSource vectors = TestRows.uniform(random, count, 5, ElementType.FLOAT32, arena);
          NodeSpace space = new NodeSpace(vectors, metric, arena);
          assertSound(build(space, new VamanaOptions(64, 100, 1.2f, threads, 3), arena), count, 64);
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
    SplittableRandom random = Seeds.random("extremeDimensionsGiveSoundGraphs", 66);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, dimension, type, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      assertSound(build(space, new VamanaOptions(12, 24, 1.2f, 1, 5), arena), count, 12);
    }
  }

  @ParameterizedTest
  @CsvSource({"SQUARED_L2, 0", "SQUARED_L2, 1", "INNER_PRODUCT, 40000", "COSINE, 400000"})
  void theMemoryForCandidatesAndCopiesDoesNotChangeTheGraph(Metric metric, long copyBytes) {
    long seed = Seeds.seed("theMemoryForCandidatesDoesNotChangeTheGraph", 67);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(3_000, 16, ElementType.UINT8, seed, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      VamanaOptions options = new VamanaOptions(16, 30, 1.2f, 1, seed);
      VamanaGraph inMemory = build(space, options, arena);
      VamanaGraph spilled =
          LeafGraphBuilder.build(
              space,
              options,
              new LeafScratch(1, copyBytes, directory, Arena::ofShared),
              arena,
              "graph",
              Progress.NONE,
              _ -> {});
      assertEquals(inMemory.medoid(), spilled.medoid());
      for (int node = 0; node < 3_000; node++) {
        assertArrayEquals(row(inMemory, node), row(spilled, node), "node=" + node);
      }
    }
  }

  @Test
  void anInterruptEndsTheBuild() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(3_000, 16, ElementType.UINT8, 1, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      Thread.currentThread().interrupt();
      assertThrows(
          WorkInterruptedException.class,
          () -> build(space, new VamanaOptions(16, 30, 1.2f, 2, 1), arena));
      assertTrue(Thread.interrupted());
      assertArrayEquals(new String[0], directory.toFile().list());
    }
  }

  private VamanaGraph build(NodeSpace space, VamanaOptions options, Arena arena) {
    return LeafGraphBuilder.build(
        space,
        options,
        new LeafScratch(PLENTY, 0, directory, Arena::ofShared),
        arena,
        "graph",
        Progress.NONE,
        _ -> {});
  }

  private static void copyRow(VectorSource vectors, int from, int to) {
    vectors
        .segment()
        .asSlice(vectors.offset(to), vectors.vectorBytes())
        .copyFrom(vectors.segment().asSlice(vectors.offset(from), vectors.vectorBytes()));
  }
}
