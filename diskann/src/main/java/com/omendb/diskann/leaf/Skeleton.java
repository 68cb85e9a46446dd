package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntPredicate;

/// A Vamana graph over a small random sample of the nodes. Leaves give short edges only; the edges
/// of the skeleton are the long ones, and keep their places in the rows of the sample.
///
/// Immutable and thread-safe once built.
final class Skeleton {
  private static final int ONE_OF = 50;
  private static final int LEAST_NODES = 1_000;
  private static final int MAX_DEGREE = 24;
  private static final int BUILD_LIST_SIZE = 32;
  private static final long SEED_OF_SAMPLE = 0x5CE1E7;

  // Ascending.
  private final int[] sample;
  private final int maxDegree;
  // maxDegree + 1 ints a node of the sample: degree, then edges.
  private final int[] rows;

  private Skeleton(int[] sample, int maxDegree, int[] rows) {
    this.sample = sample;
    this.maxDegree = maxDegree;
    this.rows = rows;
  }

  /// Builds the skeleton of a graph; it is empty if the graph is small.
  ///
  /// @param medoid belongs to the sample
  /// @param excluded nodes that must not
  static Skeleton build(
      NodeSpace space,
      int medoid,
      IntPredicate excluded,
      VamanaOptions options,
      String name,
      Progress progress) {
    int maxDegree = Math.min(MAX_DEGREE, options.maxDegree() * 3 / 8);
    if (space.count() < LEAST_NODES) {
      return new Skeleton(new int[0], 0, new int[0]);
    }
    int[] sample = sample(space.count(), medoid, excluded, options.seed());
    try (Arena arena = Arena.ofShared()) {
      NodeSpace sampled =
          new NodeSpace(copy(space.vectors(), sample, arena), space.metric(), arena);
      VamanaOptions smaller =
          new VamanaOptions(
              Math.max(1, maxDegree),
              BUILD_LIST_SIZE,
              options.alpha(),
              options.threads(),
              options.seed());
      VamanaGraph graph =
          VamanaBuilder.build(sampled, smaller, arena, name + ", skeleton", progress);
      int[] row = new int[graph.adjacency().slots()];
      int[] rows = new int[sample.length * (maxDegree + 1)];
      for (int i = 0; i < sample.length; i++) {
        int degree = Math.min(maxDegree, graph.adjacency().copy(i, row));
        int at = i * (maxDegree + 1);
        rows[at] = degree;
        for (int j = 0; j < degree; j++) {
          rows[at + 1 + j] = sample[row[j]];
        }
      }
      return new Skeleton(sample, maxDegree, rows);
    }
  }

  /// Native and heap bytes of a build.
  static long bytes(long nodeCount, int vectorBytes, Metric metric) {
    long sample = nodeCount / ONE_OF + 1;
    return sample * (vectorBytes + NodeSpace.bytes(1, metric) + 4L * (MAX_DEGREE + 2))
        + VamanaBuilder.bytes(sample, new VamanaOptions(MAX_DEGREE, BUILD_LIST_SIZE, 1.2f, 1, 0));
  }

  /// Most edges that the skeleton gives a node.
  int maxDegree() {
    return maxDegree;
  }

  /// Copies the edges that the skeleton gives a node and returns how many they are: 0 for a node
  /// outside the sample.
  int copy(int node, int[] target) {
    int i = Arrays.binarySearch(sample, node);
    if (i < 0) {
      return 0;
    }
    int at = i * (maxDegree + 1);
    System.arraycopy(rows, at + 1, target, 0, rows[at]);
    return rows[at];
  }

  private static int[] sample(int count, int medoid, IntPredicate excluded, long seed) {
    RandomOrder order = new RandomOrder(count, seed ^ SEED_OF_SAMPLE);
    int[] sample = new int[count / ONE_OF + 1];
    int size = 0;
    sample[size++] = medoid;
    for (int i = 0; i < count / ONE_OF; i++) {
      int node = (int) order.at(i);
      if (node != medoid && !excluded.test(node)) {
        sample[size++] = node;
      }
    }
    sample = Arrays.copyOf(sample, size);
    Arrays.sort(sample);
    return sample;
  }

  private static VectorSource copy(VectorSource vectors, int[] rows, Arena arena) {
    int bytes = vectors.vectorBytes();
    MemorySegment block = arena.allocate((long) rows.length * bytes, 64);
    for (int i = 0; i < rows.length; i++) {
      MemorySegment.copy(
          NativeMemory.ALL, vectors.address(rows[i]), block, (long) i * bytes, bytes);
    }
    return VectorSource.dense(block, rows.length, vectors.dimension(), vectors.elementType());
  }
}
