package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/// Queries made up from the vectors of a graph, with the true nearest nodes of each by exhaustive
/// search: what a graph is measured with while it is built.
///
/// Immutable; lives as long as its arena.
final class ProbeQueries {
  /// True neighbours that are known of each query.
  static final int K = 10;

  private static final int POOL = 4096;
  private static final int POOL_CHOICE = 16;
  private static final int BLOCK = 1024;
  private static final long SEED = 0xC4EC;

  /// How a query comes about.
  enum Kind {
    /// The vector of a node.
    ROW("rows"),
    /// The mean of two nodes that lie near each other.
    BETWEEN("between rows"),
    /// Like a node of unusual length, or far from the mean.
    FAR("far rows"),
    /// Each coordinate is that of another node: of the distribution of single coordinates only.
    MIXED("mixed coordinates");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  private static final Kind[] KINDS = Kind.values();

  private final int count;
  private final int vectorBytes;
  private final MemorySegment queries;
  private final int[] trueNodes;
  private final float[] trueDistances;
  private final int known;

  private ProbeQueries(int count, int vectorBytes, MemorySegment queries, int known) {
    this.count = count;
    this.vectorBytes = vectorBytes;
    this.queries = queries;
    this.known = known;
    this.trueNodes = new int[count * known];
    this.trueDistances = new float[count * known];
  }

  /// Makes queries and searches for their neighbours.
  ///
  /// @param excluded nodes that are neither asked for nor found
  /// @param neighbour a node near another one, for queries between nodes
  /// @param arena holds the queries
  static ProbeQueries of(
      NodeSpace space,
      int count,
      IntPredicate excluded,
      IntUnaryOperator neighbour,
      int threads,
      long seed,
      Arena arena) {
    VectorSource vectors = space.vectors();
    int included = 0;
    for (int node = 0; node < space.count() && included < K; node++) {
      included += excluded.test(node) ? 0 : 1;
    }
    ProbeQueries made =
        new ProbeQueries(
            count,
            vectors.vectorBytes(),
            arena.allocate((long) count * vectors.vectorBytes(), 64),
            included);
    made.fill(space, excluded, neighbour, seed);
    made.search(space, excluded, threads);
    return made;
  }

  int count() {
    return count;
  }

  Kind kind(int query) {
    return KINDS[query % KINDS.length];
  }

  long address(int query) {
    return queries.address() + (long) query * vectorBytes;
  }

  /// True neighbours that are known of each query: fewer than [#K] in a small graph.
  int known() {
    return known;
  }

  int trueNode(int query, int rank) {
    return trueNodes[query * known + rank];
  }

  /// The distance of the last of the true neighbours.
  float bound(int query) {
    return trueDistances[query * known + known - 1];
  }

  private void fill(NodeSpace space, IntPredicate excluded, IntUnaryOperator neighbour, long seed) {
    VectorSource vectors = space.vectors();
    int dimension = vectors.dimension();
    RandomOrder order = new RandomOrder(space.count(), seed ^ SEED);
    int[] pool = pool(space, order, excluded);
    int[] far = far(vectors, pool);
    float[] vector = new float[dimension];
    float[] other = new float[dimension];
    for (int query = 0; query < count; query++) {
      int node = pool[(int) ((long) query * pool.length / count)];
      switch (kind(query)) {
        case ROW -> vectors.copyRow(node, vector);
        case BETWEEN -> mean(vectors, node, neighbour.applyAsInt(node), vector, other);
        case FAR -> {
          int farNode = far[query / KINDS.length % far.length];
          mean(vectors, farNode, neighbour.applyAsInt(farNode), vector, other);
        }
        case MIXED -> {
          for (int d = 0; d < dimension; d++) {
            long place = (((long) query * dimension + d) * 0x9E3779B97F4A7C15L) >>> 33;
            vectors.copyRow(pool[(int) (place % pool.length)], other);
            vector[d] = other[d];
          }
        }
      }
      write(vectors.elementType(), vector, (long) query * vectorBytes);
    }
  }

  // A random sample in the order of the rows, which keeps near ones together: queries are taken
  // from all of it, so every region has its share.
  private static int[] pool(NodeSpace space, RandomOrder order, IntPredicate excluded) {
    int[] pool = new int[Math.min(POOL, space.count())];
    int size = 0;
    for (int i = 0; i < space.count() && size < pool.length; i++) {
      int node = (int) order.at(i);
      if (!excluded.test(node)) {
        pool[size++] = node;
      }
    }
    int[] sorted = Arrays.copyOf(pool, size);
    Arrays.sort(sorted);
    return sorted;
  }

  private static int[] far(VectorSource vectors, int[] pool) {
    int dimension = vectors.dimension();
    float[] vector = new float[dimension];
    double[] mean = new double[dimension];
    for (int node : pool) {
      vectors.copyRow(node, vector);
      for (int d = 0; d < dimension; d++) {
        mean[d] += vector[d] / pool.length;
      }
    }
    double[] deviations = new double[pool.length];
    for (int i = 0; i < pool.length; i++) {
      vectors.copyRow(pool[i], vector);
      for (int d = 0; d < dimension; d++) {
        double difference = vector[d] - mean[d];
        deviations[i] += difference * difference;
      }
    }
    double[] sorted = deviations.clone();
    Arrays.sort(sorted);
    double bound = sorted[sorted.length - Math.max(1, sorted.length / POOL_CHOICE)];
    int[] far = new int[pool.length];
    int size = 0;
    for (int i = 0; i < pool.length; i++) {
      if (deviations[i] >= bound) {
        far[size++] = pool[i];
      }
    }
    return Arrays.copyOf(far, size);
  }

  private static void mean(
      VectorSource vectors, int node, int other, float[] target, float[] scratch) {
    vectors.copyRow(node, target);
    vectors.copyRow(other, scratch);
    for (int d = 0; d < target.length; d++) {
      target[d] = target[d] / 2 + scratch[d] / 2;
    }
  }

  private void write(ElementType type, float[] vector, long offset) {
    for (int d = 0; d < vector.length; d++) {
      switch (type) {
        case FLOAT32 -> queries.set(NativeMemory.FLOAT, offset + (long) d * Float.BYTES, vector[d]);
        case UINT8, INT8 ->
            queries.set(NativeMemory.BYTE, offset + d, (byte) Math.round(vector[d]));
      }
    }
  }

  // Goes once through all vectors, in their order: they may be larger than memory.
  private void search(NodeSpace space, IntPredicate excluded, int threads) {
    Arrays.fill(trueDistances, Float.POSITIVE_INFINITY);
    Workers.forEach(
        space.count(),
        Math.max(BLOCK, space.count() / threads + 1),
        threads,
        () -> {
          ProbeSearch search = new ProbeSearch(space, new int[1]);
          int[] block = new int[BLOCK];
          float[] distances = new float[BLOCK];
          int[] nodes = new int[trueNodes.length];
          float[] nearest = new float[trueDistances.length];
          Arrays.fill(nearest, Float.POSITIVE_INFINITY);
          return (from, to) -> {
            for (long at = from; at < to; at += BLOCK) {
              int size = 0;
              for (int node = (int) at; node < Math.min(to, at + BLOCK); node++) {
                if (!excluded.test(node)) {
                  block[size++] = node;
                }
              }
              space.willTouch(size);
              for (int query = 0; query < count; query++) {
                search.distances(address(query), block, size, distances);
                keepNearest(query, block, distances, size, nodes, nearest);
              }
            }
            synchronized (this) {
              for (int query = 0; query < count; query++) {
                int first = query * known;
                for (int i = first; i < first + known; i++) {
                  if (nearest[i] < Float.POSITIVE_INFINITY) {
                    insert(query, nodes[i], nearest[i], trueNodes, trueDistances);
                  }
                }
              }
            }
          };
        });
  }

  private void keepNearest(
      int query, int[] block, float[] distances, int size, int[] nodes, float[] nearest) {
    int last = query * known + known - 1;
    for (int i = 0; i < size; i++) {
      if (distances[i] < nearest[last]) {
        insert(query, block[i], distances[i], nodes, nearest);
      }
    }
  }

  private void insert(int query, int node, float distance, int[] nodes, float[] nearest) {
    int first = query * known;
    int at = first + known - 1;
    if (!(distance < nearest[at])) {
      return;
    }
    for (; at > first && nearest[at - 1] > distance; at--) {
      nearest[at] = nearest[at - 1];
      nodes[at] = nodes[at - 1];
    }
    nearest[at] = distance;
    nodes[at] = node;
  }
}
