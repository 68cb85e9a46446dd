package com.omendb.diskann.vamana;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Distances between the nodes of a graph that is being built, always of the squared-L2 kind that
/// RobustPrune's triangle argument needs: non-negative, zero for equal vectors.
///
/// - Squared L2 is taken as it is.
/// - Cosine is one minus the cosine, half the squared L2 distance of the unit vectors.
/// - The inner product is turned into squared L2 by one more dimension a node, `sqrt(maxNorm^2 -
///   norm^2)`, under which the order of the nodes seen from any query is that of the inner product
///   (Bachrach et al., RecSys 2014).
///
/// The vectors are not copied. Thread-safe.
public final class NodeSpace {
  // One minus the cosine in single precision has lost too many digits below this.
  private static final float MIN_EXACT_COSINE = 1e-3f;

  private static final int CACHE_LINE_BYTES = 64;

  // Beyond this much of a vector the processor's own prefetcher has caught on.
  private static final int TOUCHED_BYTES = 256;

  private final VectorSource vectors;
  private final Metric metric;
  private final DistanceKernel kernel;
  private final DistanceKernel dot;
  private final DistanceKernel precise;
  private final long baseAddress;
  private final long strideBytes;
  private final int touchedBytes;
  // COSINE: 1 / norm of each node. INNER_PRODUCT: each node's extra coordinate. Else empty.
  private final MemorySegment perNode;
  private final Touches touches;

  /// Prepares what the metric needs a node, in memory of the arena.
  public NodeSpace(VectorSource vectors, Metric metric, Arena arena) {
    this(vectors, metric, Touches.NONE, arena);
  }

  /// The same for vectors in files that are larger than memory.
  ///
  /// @param touches all threads call it with the number of vectors that they touch next
  public NodeSpace(VectorSource vectors, Metric metric, Touches touches, Arena arena) {
    this.touches = touches;
    this.vectors = vectors;
    this.metric = metric;
    this.baseAddress = vectors.address(0);
    this.strideBytes = vectors.strideBytes();
    this.touchedBytes = Math.min(vectors.vectorBytes(), TOUCHED_BYTES);
    this.dot = DistanceKernels.of(Metric.INNER_PRODUCT, vectors.elementType(), vectors.dimension());
    this.precise = DistanceKernels.of(metric, vectors.elementType(), vectors.dimension());
    this.kernel =
        metric == Metric.COSINE
            ? dot
            : DistanceKernels.of(Metric.SQUARED_L2, vectors.elementType(), vectors.dimension());
    this.perNode = allocatePerNode(arena);
    switch (metric) {
      case SQUARED_L2 -> {}
      case COSINE -> fillInverseNorms();
      case INNER_PRODUCT -> fillExtraCoordinates();
    }
  }

  // Room for copies of nodes of another space, one for each of `copies`.
  NodeSpace(NodeSpace like, VectorSource copies, Arena arena) {
    this.touches = Touches.NONE;
    this.vectors = copies;
    this.metric = like.metric;
    this.kernel = like.kernel;
    this.dot = like.dot;
    this.precise = like.precise;
    this.baseAddress = copies.address(0);
    this.strideBytes = copies.strideBytes();
    this.touchedBytes = like.touchedBytes;
    this.perNode = allocatePerNode(arena);
  }

  private MemorySegment allocatePerNode(Arena arena) {
    return hasPerNode()
        ? arena.allocate(vectors.count() * Float.BYTES, Float.BYTES)
        : MemorySegment.NULL;
  }

  /// Native bytes of what the metric needs for `count` nodes.
  public static long bytes(long count, Metric metric) {
    return metric == Metric.SQUARED_L2 ? 0 : count * Float.BYTES;
  }

  /// What threads call before they touch vectors.
  public Touches touches() {
    return touches;
  }

  /// Number of nodes.
  public int count() {
    return (int) vectors.count();
  }

  /// Dimension of the points of Euclidean space that vectors of a dimension stand for.
  public static int pointDimension(int dimension, Metric metric) {
    return dimension + (metric == Metric.INNER_PRODUCT ? 1 : 0);
  }

  /// The metric that the distances serve.
  public Metric metric() {
    return metric;
  }

  /// The vectors of the nodes.
  public VectorSource vectors() {
    return vectors;
  }

  /// Dimension of the points that [#copyPoint] copies.
  public int pointDimension() {
    return vectors.dimension() + (metric == Metric.INNER_PRODUCT ? 1 : 0);
  }

  /// Copies the point of Euclidean space that a node stands for: the distances of nodes are the
  /// squared L2 distances of their points, under cosine half of them.
  public void copyPoint(int node, float[] target) {
    vectors.copyRow(node, target);
    switch (metric) {
      case SQUARED_L2 -> {}
      case COSINE -> {
        float inverseNorm = perNode(node);
        for (int i = 0; i < vectors.dimension(); i++) {
          target[i] *= inverseNorm;
        }
      }
      case INNER_PRODUCT -> target[vectors.dimension()] = perNode(node);
    }
  }

  /// The distance of two nodes whose points are at a squared L2 distance of 1.
  public float distanceOfPoints() {
    return metric == Metric.COSINE ? 0.5f : 1f;
  }

  /// Distance between two nodes.
  public float distance(int nodeA, int nodeB) {
    long addressA = address(nodeA);
    long addressB = address(nodeB);
    float raw = kernel.distance(addressA, addressB);
    return switch (metric) {
      case SQUARED_L2 -> raw;
      case COSINE -> cosine(raw * perNode(nodeA) * perNode(nodeB), addressA, addressB);
      case INNER_PRODUCT -> raw + squared(perNode(nodeA) - perNode(nodeB));
    };
  }

  /// Distances from one node to `count` others, into `distances[0..count)`.
  public void distances(int node, int[] others, int count, float[] distances) {
    touch(others, count);
    kernel.distances(address(node), baseAddress, strideBytes, others, count, distances);
    switch (metric) {
      case SQUARED_L2 -> {}
      case COSINE -> {
        float own = perNode(node);
        for (int i = 0; i < count; i++) {
          distances[i] =
              cosine(distances[i] * own * perNode(others[i]), address(node), address(others[i]));
        }
      }
      case INNER_PRODUCT -> {
        float own = perNode(node);
        for (int i = 0; i < count; i++) {
          distances[i] += squared(own - perNode(others[i]));
        }
      }
    }
  }

  /// Whether the metric needs a number a node beside its vector.
  boolean hasPerNode() {
    return metric != Metric.SQUARED_L2;
  }

  /// Distances between copies of nodes, which may lie anywhere.
  ///
  /// @param address of the one node
  /// @param own the number of the one node, where the metric has one
  /// @param rowNumbers those of all rows
  void distancesOfCopies(
      long address,
      float own,
      long base,
      long stride,
      float[] rowNumbers,
      int[] rows,
      int count,
      float[] distances) {
    kernel.distances(address, base, stride, rows, count, distances);
    switch (metric) {
      case SQUARED_L2 -> {}
      case COSINE -> {
        for (int i = 0; i < count; i++) {
          distances[i] =
              cosine(distances[i] * own * rowNumbers[rows[i]], address, base + rows[i] * stride);
        }
      }
      case INNER_PRODUCT -> {
        for (int i = 0; i < count; i++) {
          distances[i] += squared(own - rowNumbers[rows[i]]);
        }
      }
    }
  }

  /// Says that vectors, wherever they are, will be touched next.
  public void willTouch(int vectorCount) {
    touches.before(vectorCount);
  }

  private float cosine(float negatedCosine, long addressA, long addressB) {
    float distance = 1f + negatedCosine;
    return distance >= MIN_EXACT_COSINE ? distance : precise.distance(addressA, addressB);
  }

  /// Makes one node of this space of copies that of another.
  void copy(NodeSpace source, int from, int to) {
    source.touches.before(1);
    MemorySegment.copy(
        NativeMemory.ALL,
        source.address(from),
        NativeMemory.ALL,
        address(to),
        vectors.vectorBytes());
    if (hasPerNode()) {
      perNode.set(NativeMemory.FLOAT, (long) to * Float.BYTES, source.perNode(from));
    }
  }

  // Java has no prefetch, and a distance is too many instructions for the processor to look far
  // ahead: one load a cache line first lets the misses of the whole batch overlap.
  void touch(int[] others, int count) {
    touches.before(count);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long address = address(others[i]);
      for (int offset = 0; offset < touchedBytes; offset += CACHE_LINE_BYTES) {
        sum += NativeMemory.ALL.get(NativeMemory.BYTE, address + offset);
      }
    }
    if (sum == Long.MIN_VALUE) {
      throw new AssertionError("a sum of bytes cannot be this small");
    }
  }

  private void fillInverseNorms() {
    for (int node = 0; node < count(); node++) {
      double norm = Math.sqrt(squaredNorm(node));
      perNode.setAtIndex(NativeMemory.FLOAT, node, norm > 0 ? (float) (1 / norm) : 0f);
    }
  }

  private void fillExtraCoordinates() {
    double largest = 0;
    for (int node = 0; node < count(); node++) {
      largest = Math.max(largest, squaredNorm(node));
    }
    for (int node = 0; node < count(); node++) {
      double extra = Math.sqrt(Math.max(0, largest - squaredNorm(node)));
      perNode.setAtIndex(NativeMemory.FLOAT, node, (float) extra);
    }
  }

  private double squaredNorm(int node) {
    long address = address(node);
    return -dot.distance(address, address);
  }

  long address(int node) {
    return baseAddress + node * strideBytes;
  }

  float perNode(int node) {
    return perNode.get(NativeMemory.FLOAT, (long) node * Float.BYTES);
  }

  private static float squared(float value) {
    return value * value;
  }
}
