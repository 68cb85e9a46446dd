package com.omendb.pq;

import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;

import com.omendb.pq.simd.CentroidKernels;
import com.omendb.pq.simd.CodeKernels;
import com.omendb.pq.simd.KernelChoice;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/// The distances of one query to all centroids, from which the distance to a code is the sum of one
/// value a subspace: asymmetric distance computation, section III-B of Jégou et al., TPAMI 2011.
///
/// The values are rounded to 65,534 steps of the widest subspace's range, so that a block of codes
/// can be summed in whole numbers and every kind of kernel finds the same estimate. It is off by at
/// most `subspaceCount / 131,068` of that range, which is far below the error of the codes.
///
/// Scratch of one searcher: prepared for one query after another, for one thread at a time. It
/// lives in the memory of the arena it was made in, until that is closed.
public final class DistanceTable {
  private static final int BLOCK_CODES = CodeKernels.BLOCK_CODES;
  private static final long ALIGNMENT = 64;

  private final CentroidKernels centroidKernels = KernelChoice.centroids();
  private final CodeKernels codeKernels = KernelChoice.codes();
  private final ProductQuantizer quantizer;
  private final Subspaces subspaces;
  private final int subspaceCount;
  private final MemorySegment memory;
  private final long table;
  private final long scratch;
  private final long query;
  private final long ranges;
  private final long batch;
  private final long sums;
  private boolean prepared;
  private float offset;
  private float step;

  /// Allocates a table, [#bytes] large, in `arena`.
  public DistanceTable(ProductQuantizer quantizer, Arena arena) {
    this.quantizer = quantizer;
    subspaces = quantizer.subspaces();
    subspaceCount = subspaces.count();
    memory = arena.allocate(bytes(subspaceCount, subspaces.dimension()), ALIGNMENT);
    table = memory.address();
    scratch = table + subspaceCount * COLUMN_BYTES;
    sums = scratch + aligned(CodeKernels.scratchBytes(subspaceCount));
    query = sums + 4L * BLOCK_CODES;
    ranges = query + aligned(4L * subspaces.dimension());
    batch = ranges + aligned(8L * subspaceCount);
  }

  /// Native bytes that a table for these sizes allocates.
  public static long bytes(int subspaceCount, int dimension) {
    return subspaceCount * COLUMN_BYTES
        + aligned(CodeKernels.scratchBytes(subspaceCount))
        + 4L * BLOCK_CODES
        + aligned(4L * dimension)
        + aligned(8L * subspaceCount)
        + CodeKernels.batchBytes(subspaceCount);
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /// Makes this the table of a query, which is copied.
  ///
  /// What is estimated: the squared distance; or minus the dot product; or one minus the cosine, as
  /// half the squared distance between the unit-length query and the decoded code.
  ///
  /// @param source holds the query, of any element type
  /// @throws IllegalArgumentException if the dimension is another one, or if the metric is the
  ///   cosine and the quantizer does not normalize, or the other way round
  /// @throws IndexOutOfBoundsException if there is no such row
  public void prepare(VectorSource source, long row, Metric metric) {
    Encoder.requireDimension(quantizer, source);
    Objects.checkIndex(row, source.count());
    boolean normalize = quantizer.normalize();
    if (normalize != (metric == Metric.COSINE)) {
      throw new IllegalArgumentException(
          "metric does not suit the quantizer: metric="
              + metric.label()
              + ", normalize="
              + normalize);
    }
    RowReader.requireOpen(source.segment(), "query");
    RowReader.requireOpen(quantizer.codebook(), "codebook");
    RowReader.requireOpen(memory, "table");
    prepared = false;
    try {
      RowReader.read(source, row, normalize, query, Float.BYTES);
      switch (metric) {
        case SQUARED_L2 -> fillWithSquaredDistances(1);
        case INNER_PRODUCT -> fillWithNegatedDots();
        case COSINE -> fillWithSquaredDistances(0.5f);
      }
      quantize();
      prepared = true;
    } finally {
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(this);
    }
  }

  /// The estimated distance to one code, the same as [#distances] finds, with every access checked.
  ///
  /// @throws IndexOutOfBoundsException if the code lies outside `codes`
  /// @throws IllegalStateException if no query was prepared
  public float distance(MemorySegment codes, long codeOffset) {
    requirePrepared();
    Objects.checkFromIndexSize(codeOffset, subspaceCount, codes.byteSize());
    int sum = 0;
    for (int s = 0; s < subspaceCount; s++) {
      int centroid = codes.get(BYTE, codeOffset + s) & 0xff;
      sum += (int) memory.get(FLOAT, s * COLUMN_BYTES + 4L * centroid);
    }
    return offset + step * sum;
  }

  /// The estimated distances of `count` nodes, into `distances[0..count)`.
  ///
  /// The code of node `v` lies at `codesAddress + v * subspaceCount`. The caller guarantees that
  /// the codes of all nodes are in open memory: this is not checked.
  ///
  /// @throws IndexOutOfBoundsException if an array is shorter than `count`
  /// @throws IllegalStateException if no query was prepared
  public void distances(long codesAddress, int[] nodes, int count, float[] distances) {
    requirePrepared();
    Objects.checkFromIndexSize(0, count, nodes.length);
    Objects.checkFromIndexSize(0, count, distances.length);
    try {
      for (int from = 0; from < count; from += BLOCK_CODES) {
        int blockCount = Math.min(BLOCK_CODES, count - from);
        codeKernels.sumOf(
            table, subspaceCount, scratch, codesAddress, nodes, from, blockCount, batch, sums);
        for (int i = 0; i < blockCount; i++) {
          distances[from + i] = offset + step * ALL.get(INT, sums + 4L * i);
        }
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private void requirePrepared() {
    if (!prepared) {
      throw new IllegalStateException("no query was prepared");
    }
  }

  private void quantize() {
    codeKernels.ranges(table, subspaceCount, ranges);
    double lowest = 0;
    float widest = 0;
    for (int s = 0; s < subspaceCount; s++) {
      float min = ALL.get(FLOAT, ranges + 8L * s);
      lowest += min;
      widest = Math.max(widest, ALL.get(FLOAT, ranges + 8L * s + 4) - min);
    }
    offset = (float) lowest;
    step = widest / CodeKernels.LEVELS;
    // A range too small for its inverse to be finite is as good as none.
    float factor = CodeKernels.LEVELS / widest;
    codeKernels.quantize(
        table, subspaceCount, ranges, Float.isInfinite(factor) ? 0 : factor, scratch);
  }

  private void fillWithSquaredDistances(float factor) {
    long codebook = quantizer.codebook().address();
    for (int s = 0; s < subspaceCount; s++) {
      centroidKernels.squaredDistances(
          query + 4L * subspaces.offset(s),
          codebook + subspaces.codebookOffset(s),
          subspaces.length(s),
          factor,
          table + s * COLUMN_BYTES);
    }
  }

  private void fillWithNegatedDots() {
    long codebook = quantizer.codebook().address();
    for (int s = 0; s < subspaceCount; s++) {
      centroidKernels.negatedDots(
          query + 4L * subspaces.offset(s),
          codebook + subspaces.codebookOffset(s),
          subspaces.length(s),
          table + s * COLUMN_BYTES);
    }
  }
}
