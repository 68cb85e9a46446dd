package com.omendb.diskann.leaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: every node gets candidates, none is its own and none is offered more than a leaf can
/// give; most true neighbours are among them, with every metric and type; the distances are about
/// those of the graph; the candidates do not depend on the threads; every sink is closed.
class LeafCandidatesTest {
  private static final LeafOptions SMALL = new LeafOptions(4, 200, 2, 60, 8, 2, 7);

  @ParameterizedTest
  @CsvSource({
    "SQUARED_L2, FLOAT32, 33", "SQUARED_L2, UINT8, 128", "SQUARED_L2, INT8, 20",
    "COSINE, FLOAT32, 64", "COSINE, UINT8, 31", "COSINE, INT8, 32",
    "INNER_PRODUCT, FLOAT32, 40", "INNER_PRODUCT, UINT8, 24", "INNER_PRODUCT, INT8, 57",
    "SQUARED_L2, FLOAT32, 700"
  })
  void mostTrueNeighboursAreAmongTheCandidates(Metric metric, ElementType type, int dimension) {
    long seed = Seeds.seed("mostTrueNeighboursAreAmongTheCandidates", 5);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(3_000, dimension, type, seed, arena);
      NodeSpace space = new NodeSpace(vectors, metric, arena);
      Candidates candidates = candidates(space, SMALL, arena);
      candidates.requireComplete();
      double found = 0;
      double error = 0;
      int errors = 0;
      int sampled = 0;
      for (int node = 0; node < space.count(); node += 37) {
        Map<Integer, Float> own = candidates.of(node);
        for (int near : nearest(space, node, 10)) {
          found += own.containsKey(near) ? 0.1 : 0;
        }
        for (var candidate : own.entrySet()) {
          double exact = space.distance(node, candidate.getKey());
          error += Math.abs(candidate.getValue() - exact) / Math.max(exact, 1e-6);
          errors++;
        }
        sampled++;
      }
      assertTrue(found / sampled > 0.9, "share of the true neighbours: " + found / sampled);
      assertTrue(error / errors < 0.1, "mean relative error: " + error / errors);
    }
  }

  private static int[] nearest(NodeSpace space, int node, int k) {
    Integer[] others = new Integer[space.count()];
    float[] distances = new float[space.count()];
    for (int other = 0; other < others.length; other++) {
      others[other] = other;
      distances[other] = other == node ? Float.MAX_VALUE : space.distance(node, other);
    }
    Arrays.sort(others, (a, b) -> Float.compare(distances[a], distances[b]));
    return Arrays.stream(others).limit(k).mapToInt(Integer::intValue).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 17, 120, 121, 399, 400, 401, 1500})
  void everyNodeGetsCandidates(int count) {
    SplittableRandom random = Seeds.random("everyNodeGetsCandidates", count);
    for (int dimension : new int[] {1, 2, 9}) {
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = TestRows.uniform(random, count, dimension, ElementType.UINT8, arena);
        NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
        candidates(space, SMALL, arena).requireComplete();
        candidates(space, new LeafOptions(2, 1, 1, 16, 1, 3, 5), arena).requireComplete();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void copiesOfAFewVectorsGetCandidates(Metric metric) {
    SplittableRandom random = Seeds.random("copiesOfAFewVectorsGetCandidates", 3);
    for (int different : new int[] {1, 2, 30}) {
      try (Arena arena = Arena.ofShared()) {
        VectorSource few = TestRows.uniform(random, different, 8, ElementType.INT8, arena);
        VectorSource vectors = TestRows.uniform(random, 6_000, 8, ElementType.INT8, arena);
        for (long row = 0; row < vectors.count(); row++) {
          for (int column = 0; column < 8; column++) {
            double value = few.element(random.nextInt(different), column);
            TestRows.set(
                vectors, row, column, column < 7 ? few.element(row % different, column) : value);
          }
        }
        Candidates found = candidates(new NodeSpace(vectors, metric, arena), SMALL, arena);
        found.requireComplete();
      }
    }
  }

  @Test
  void aZeroVectorAndAnOutlierDoNoHarm() {
    SplittableRandom random = Seeds.random("aZeroVectorAndAnOutlierDoNoHarm", 4);
    for (Metric metric : Metric.values()) {
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = TestRows.uniform(random, 1_000, 16, ElementType.FLOAT32, arena);
        for (int column = 0; column < 16; column++) {
          TestRows.set(vectors, 5, column, 0);
          TestRows.set(vectors, 6, column, 1e15);
        }
        candidates(new NodeSpace(vectors, metric, arena), SMALL, arena).requireComplete();
      }
    }
  }

  @Test
  void oneNodeHasNoCandidates() {
    SplittableRandom random = Seeds.random("oneNodeHasNoCandidates", 1);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, 1, 5, ElementType.FLOAT32, arena);
      Candidates found = candidates(new NodeSpace(vectors, Metric.COSINE, arena), SMALL, arena);
      assertTrue(found.of(0).isEmpty());
    }
  }

  @Test
  void theCandidatesDoNotDependOnTheThreads() {
    SplittableRandom random = Seeds.random("theCandidatesDoNotDependOnTheThreads", 6);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, 2_000, 12, ElementType.UINT8, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      Candidates one = candidates(space, new LeafOptions(4, 200, 2, 60, 8, 1, 7), arena);
      Candidates four = candidates(space, new LeafOptions(4, 200, 2, 60, 8, 4, 7), arena);
      for (int node = 0; node < space.count(); node++) {
        assertEquals(one.of(node), four.of(node));
      }
    }
  }

  @Test
  void aFailingSinkIsClosedAndItsFailureThrown() {
    SplittableRandom random = Seeds.random("aFailingSinkIsClosedAndItsFailureThrown", 8);
    AtomicInteger closed = new AtomicInteger();
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, 500, 12, ElementType.UINT8, arena);
      NodeSpace space = new NodeSpace(vectors, Metric.SQUARED_L2, arena);
      CellAssignment cells = CellAssignment.of(space, SMALL, _ -> false, arena, Progress.NONE);
      CandidateSink full =
          new CandidateSink() {
            @Override
            public void add(int node, int[] candidates, float[] distances, int count) {
              throw new IllegalStateException("full");
            }

            @Override
            public void close() {
              closed.incrementAndGet();
            }
          };
      assertThrows(
          IllegalStateException.class,
          () -> LeafCandidates.run(space, cells, SMALL, () -> full, Progress.NONE));
    }
    assertTrue(closed.get() >= 1 && closed.get() <= SMALL.threads());
  }

  @Test
  void impossibleOptionsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LeafOptions(1, 1000, 3, 300, 8, 2, 0));
    assertThrows(IllegalArgumentException.class, () -> new LeafOptions(10, 1000, 3, 300, 13, 2, 0));
    assertThrows(IllegalArgumentException.class, () -> new LeafOptions(10, 1000, 3, 300, 8, 0, 0));
  }

  private static Candidates candidates(NodeSpace space, LeafOptions options, Arena arena) {
    Candidates all = new Candidates(space.count());
    AtomicInteger sinks = new AtomicInteger();
    CellAssignment cells = CellAssignment.of(space, options, _ -> false, arena, Progress.NONE);
    LeafCandidates.run(
        space,
        cells,
        options,
        () -> {
          sinks.incrementAndGet();
          return all;
        },
        Progress.NONE);
    assertTrue(sinks.get() >= 1 && sinks.get() <= options.threads(), "sinks=" + sinks);
    assertEquals(sinks.get(), all.closed.get());
    return all;
  }

  /// Keeps all candidates of all nodes; stands in for all sinks.
  private static final class Candidates implements CandidateSink {
    private final AtomicInteger closed = new AtomicInteger();
    private final TreeMap<Integer, TreeMap<Integer, Float>> found = new TreeMap<>();
    private final int nodes;

    Candidates(int nodes) {
      this.nodes = nodes;
    }

    Map<Integer, Float> of(int node) {
      return found.getOrDefault(node, new TreeMap<>());
    }

    void requireComplete() {
      for (int node = 0; node < nodes; node++) {
        assertTrue(!of(node).isEmpty(), "without candidates: node=" + node);
      }
    }

    @Override
    public synchronized void add(int node, int[] candidates, float[] distances, int count) {
      assertTrue(count > 0 && count <= candidates.length);
      TreeMap<Integer, Float> own = found.computeIfAbsent(node, _ -> new TreeMap<>());
      for (int i = 0; i < count; i++) {
        assertNotEquals(node, candidates[i]);
        assertTrue(candidates[i] >= 0 && candidates[i] < nodes);
        assertTrue(distances[i] >= 0);
        own.merge(candidates[i], distances[i], Math::min);
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
