package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.diskann.vamana.ReachableNodes;
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
import java.util.Locale;
import java.util.function.IntPredicate;

/// A Vamana graph over a small random sample of the nodes. Leaves give short edges only; the edges
/// of the skeleton are the long ones, and keep their places in the rows of the sample.
///
/// Immutable and thread-safe once built.
final class Skeleton {
  private static final int ONE_OF = 50;
  private static final int MIN_NODES = 100;
  private static final int MAX_DEGREE = 24;

  // Nodes of a part that counts as a cluster of its own.
  private static final int MIN_PART = 4;

  private static final int BUILD_LIST_SIZE = 32;
  private static final long SEED_OF_SAMPLE = 0x5CE1E7;

  private static final int NODE = 0;
  private static final int DEGREE = 1;
  private static final int EDGES = 2;

  private final int maxDegree;
  private final int size;
  private final boolean coversClusters;
  private final int entry;
  // maxDegree + 2 ints a node of the sample: the node, its degree, the positions of its neighbours.
  // Ascending by node.
  private final MemorySegment rows;

  private Skeleton(int maxDegree, int size, boolean coversClusters, int entry, MemorySegment rows) {
    this.maxDegree = maxDegree;
    this.size = size;
    this.coversClusters = coversClusters;
    this.entry = entry;
    this.rows = rows;
  }

  /// No edges at all.
  static Skeleton none() {
    return new Skeleton(0, 0, false, 0, MemorySegment.NULL);
  }

  /// Builds the skeleton of a graph; it is empty if the graph is small.
  ///
  /// @param graph the short edges; what they do not lead to from the sample joins the sample
  /// @param medoid belongs to the sample
  /// @param excluded nodes that must not
  /// @param scratch for what is needed meanwhile
  /// @param arena holds the skeleton
  static Skeleton build(
      NodeSpace space,
      Adjacency graph,
      int medoid,
      IntPredicate excluded,
      VamanaOptions options,
      LeafScratch scratch,
      Arena arena,
      String name,
      Progress progress) {
    int maxDegree = Math.min(MAX_DEGREE, options.maxDegree() * 3 / 8);
    if (space.count() < MIN_NODES) {
      return none();
    }
    int[] random = sample(space.count(), medoid, excluded, options.seed());
    int[] sample = withCover(random, graph, excluded);
    if (sample.length > random.length) {
      progress.note(
          String.format(
              Locale.ROOT,
              "separate clusters: %,d nodes more in the skeleton, which has %,d",
              sample.length - random.length,
              sample.length));
    }
    try (Arena meanwhile = scratch.arenas().get()) {
      NodeSpace sampled =
          new NodeSpace(
              copy(space.vectors(), sample, meanwhile), space.metric(), space.touches(), meanwhile);
      VamanaOptions smaller =
          new VamanaOptions(
              Math.max(1, maxDegree),
              BUILD_LIST_SIZE,
              options.alpha(),
              options.threads(),
              options.seed());
      VamanaGraph built =
          VamanaBuilder.build(sampled, smaller, meanwhile, name + ", skeleton", progress);
      int[] row = new int[built.adjacency().slots()];
      Skeleton skeleton =
          new Skeleton(
              maxDegree,
              sample.length,
              sample.length > random.length,
              built.medoid(),
              arena.allocate(sample.length * rowBytes(maxDegree), 64));
      for (int i = 0; i < sample.length; i++) {
        int degree = Math.min(maxDegree, built.adjacency().copy(i, row));
        skeleton.set(i, NODE, sample[i]);
        skeleton.set(i, DEGREE, degree);
        for (int j = 0; j < degree; j++) {
          skeleton.set(i, EDGES + j, row[j]);
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

  /// The most native bytes of a build: if every part that is large enough to count as a cluster
  /// adds a node.
  static long bytes(long nodeCount, int vectorBytes, Metric metric) {
    long sample = nodeCount / ONE_OF + 1 + nodeCount / MIN_PART;
    return sample * (vectorBytes + NodeSpace.bytes(1, metric) + 4L * (MAX_DEGREE + 2))
        + VamanaBuilder.bytes(sample, new VamanaOptions(MAX_DEGREE, BUILD_LIST_SIZE, 1.2f, 1, 0));
  }

  /// Most edges that the skeleton gives a node.
  int maxDegree() {
    return maxDegree;
  }

  /// Nodes of the sample.
  int size() {
    return size;
  }

  /// Whether the sample had to be extended because clusters stood apart from it.
  boolean coversClusters() {
    return coversClusters;
  }

  /// The position of the node at which searches of the skeleton begin.
  int entry() {
    return entry;
  }

  /// The node at a position.
  int node(int position) {
    return get(position, NODE);
  }

  /// Copies the positions of the neighbours of a position and returns how many they are.
  int copyPositions(int position, int[] target) {
    int degree = get(position, DEGREE);
    for (int j = 0; j < degree; j++) {
      target[j] = get(position, EDGES + j);
    }
    return degree;
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
          target[j] = node(get(middle, EDGES + j));
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

  // Adds a node of each part of the graph that no path from the sample leads to. What only hangs
  // on single nodes gets edges with the reverse edges.
  private static int[] withCover(int[] sample, Adjacency graph, IntPredicate excluded) {
    try (Arena arena = Arena.ofConfined()) {
      ReachableNodes reachable = new ReachableNodes(graph, arena);
      for (int node : sample) {
        reachable.addFrom(node);
      }
      int[] cover = sample;
      int size = sample.length;
      for (int node = reachable.nextMissing(0);
          node < graph.nodeCount();
          node = reachable.nextMissing(node + 1)) {
        if (!excluded.test(node) && reachable.addFrom(node) >= MIN_PART) {
          if (size == cover.length) {
            cover = Arrays.copyOf(cover, 2 * size);
          }
          cover[size++] = node;
        }
      }
      cover = Arrays.copyOf(cover, size);
      Arrays.sort(cover);
      return cover;
    }
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
