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

  private static final int NODE = 0;
  private static final int DEGREE = 1;
  private static final int EDGES = 2;

  private final int maxDegree;
  private final int size;
  // maxDegree + 2 ints a node of the sample: the node, its degree, its edges. Ascending by node.
  private final MemorySegment rows;

  private Skeleton(int maxDegree, int size, MemorySegment rows) {
    this.maxDegree = maxDegree;
    this.size = size;
    this.rows = rows;
  }

  /// Builds the skeleton of a graph; it is empty if the graph is small.
  ///
  /// @param medoid belongs to the sample
  /// @param excluded nodes that must not
  /// @param scratch for what is needed meanwhile
  /// @param arena holds the skeleton
  static Skeleton build(
      NodeSpace space,
      int medoid,
      IntPredicate excluded,
      VamanaOptions options,
      LeafScratch scratch,
      Arena arena,
      String name,
      Progress progress) {
    int maxDegree = Math.min(MAX_DEGREE, options.maxDegree() * 3 / 8);
    if (space.count() < LEAST_NODES) {
      return new Skeleton(0, 0, MemorySegment.NULL);
    }
    int[] sample = sample(space.count(), medoid, excluded, options.seed());
    try (Arena meanwhile = scratch.arenas().get()) {
      NodeSpace sampled =
          new NodeSpace(
              copy(space.vectors(), sample, meanwhile),
              space.metric(),
              space.beforeTouch(),
              meanwhile);
      VamanaOptions smaller =
          new VamanaOptions(
              Math.max(1, maxDegree),
              BUILD_LIST_SIZE,
              options.alpha(),
              options.threads(),
              options.seed());
      VamanaGraph graph =
          VamanaBuilder.build(sampled, smaller, meanwhile, name + ", skeleton", progress);
      int[] row = new int[graph.adjacency().slots()];
      Skeleton skeleton =
          new Skeleton(
              maxDegree, sample.length, arena.allocate(sample.length * rowBytes(maxDegree), 64));
      for (int i = 0; i < sample.length; i++) {
        int degree = Math.min(maxDegree, graph.adjacency().copy(i, row));
        skeleton.set(i, NODE, sample[i]);
        skeleton.set(i, DEGREE, degree);
        for (int j = 0; j < degree; j++) {
          skeleton.set(i, EDGES + j, sample[row[j]]);
        }
      }
      return skeleton;
    }
  }

  private static long rowBytes(int maxDegree) {
    return (EDGES + maxDegree) * (long) Integer.BYTES;
  }

  private int get(int i, int field) {
    return rows.get(NativeMemory.INT, i * rowBytes(maxDegree) + (long) field * Integer.BYTES);
  }

  private void set(int i, int field, int value) {
    rows.set(NativeMemory.INT, i * rowBytes(maxDegree) + (long) field * Integer.BYTES, value);
  }

  /// Native bytes of a build.
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
    int from = 0;
    int to = size;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int found = get(middle, NODE);
      if (found == node) {
        int degree = get(middle, DEGREE);
        for (int j = 0; j < degree; j++) {
          target[j] = get(middle, EDGES + j);
        }
        return degree;
      }
      if (found < node) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return 0;
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
