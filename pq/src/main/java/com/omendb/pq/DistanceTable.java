package com.omendb.pq;

import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.simd.CentroidKernels;
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
/// Scratch of one searcher: prepared for one query after another, for one thread at a time. It
/// lives in the memory of the arena it was made in, until that is closed.
public final class DistanceTable {
  /// Codes are copied together, so that their cache misses overlap, before they are scored.
  private static final int BATCH_CODES = 64;

  private static final long ALIGNMENT = 64;

  private final CentroidKernels kernels = KernelChoice.centroids();
  private final ProductQuantizer quantizer;
  private final Subspaces subspaces;
  private final MemorySegment memory;
  private final long table;
  private final long query;
  private final long batch;

  /// Allocates a table, [#bytes] large, in `arena`.
  public DistanceTable(ProductQuantizer quantizer, Arena arena) {
    this.quantizer = quantizer;
    subspaces = quantizer.subspaces();
    int subspaceCount = subspaces.count();
    memory = arena.allocate(bytes(subspaceCount, subspaces.dimension()), ALIGNMENT);
    table = memory.address();
    query = table + subspaceCount * COLUMN_BYTES;
    batch = query + queryBytes(subspaces.dimension());
  }

  /// Native bytes that a table for these sizes allocates.
  public static long bytes(int subspaceCount, int dimension) {
    return subspaceCount * COLUMN_BYTES
        + queryBytes(dimension)
        + (long) BATCH_CODES * subspaceCount
        + Long.BYTES;
  }

  private static long queryBytes(int dimension) {
    return Math.ceilDiv(4L * dimension, ALIGNMENT) * ALIGNMENT;
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
    try {
      RowReader.read(source, row, normalize, query);
      switch (metric) {
        case SQUARED_L2 -> fillWithSquaredDistances(1);
        case INNER_PRODUCT -> fillWithNegatedDots();
        case COSINE -> fillWithSquaredDistances(0.5f);
      }
    } finally {
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(this);
    }
  }

  /// The estimated distance to one code, with every access checked.
  ///
  /// @throws IndexOutOfBoundsException if the code lies outside `codes`
  public float distance(MemorySegment codes, long offset) {
    Objects.checkFromIndexSize(offset, subspaces.count(), codes.byteSize());
    float sum = 0;
    for (int s = 0; s < subspaces.count(); s++) {
      int centroid = codes.get(BYTE, offset + s) & 0xff;
      sum += memory.get(FLOAT, s * COLUMN_BYTES + 4L * centroid);
    }
    return sum;
  }

  /// The estimated distances of `count` nodes, into `distances[0..count)`.
  ///
  /// The code of node `v` lies at `codesAddress + v * subspaceCount`. The caller guarantees that
  /// the codes of all nodes are in open memory: this is not checked.
  ///
  /// @throws IndexOutOfBoundsException if an array is shorter than `count`
  public void distances(long codesAddress, int[] nodes, int count, float[] distances) {
    Objects.checkFromIndexSize(0, count, nodes.length);
    Objects.checkFromIndexSize(0, count, distances.length);
    try {
      for (int from = 0; from < count; from += BATCH_CODES) {
        scoreBatch(codesAddress, nodes, from, Math.min(count, from + BATCH_CODES), distances);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private void scoreBatch(long codesAddress, int[] nodes, int from, int to, float[] distances) {
    int codeBytes = subspaces.count();
    for (int i = from; i < to; i++) {
      long code = codesAddress + (long) nodes[i] * codeBytes;
      MemorySegment.copy(ALL, code, ALL, batch + (long) (i - from) * codeBytes, codeBytes);
    }
    for (int i = from; i < to; i++) {
      distances[i] = sum(table, batch + (long) (i - from) * codeBytes, codeBytes);
    }
  }

  private static float sum(long table, long code, int codeBytes) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int s = 0;
    for (; s <= codeBytes - 4; s += 4) {
      long row = table + s * COLUMN_BYTES;
      sum0 += ALL.get(FLOAT, row + 4L * (ALL.get(BYTE, code + s) & 0xff));
      sum1 += ALL.get(FLOAT, row + COLUMN_BYTES + 4L * (ALL.get(BYTE, code + s + 1) & 0xff));
      sum2 += ALL.get(FLOAT, row + 2 * COLUMN_BYTES + 4L * (ALL.get(BYTE, code + s + 2) & 0xff));
      sum3 += ALL.get(FLOAT, row + 3 * COLUMN_BYTES + 4L * (ALL.get(BYTE, code + s + 3) & 0xff));
    }
    for (; s < codeBytes; s++) {
      sum0 += ALL.get(FLOAT, table + s * COLUMN_BYTES + 4L * (ALL.get(BYTE, code + s) & 0xff));
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  private void fillWithSquaredDistances(float factor) {
    long codebook = quantizer.codebook().address();
    for (int s = 0; s < subspaces.count(); s++) {
      kernels.squaredDistances(
          query + 4L * subspaces.offset(s),
          codebook + subspaces.codebookOffset(s),
          subspaces.length(s),
          factor,
          table + s * COLUMN_BYTES);
    }
  }

  private void fillWithNegatedDots() {
    long codebook = quantizer.codebook().address();
    for (int s = 0; s < subspaces.count(); s++) {
      kernels.negatedDots(
          query + 4L * subspaces.offset(s),
          codebook + subspaces.codebookOffset(s),
          subspaces.length(s),
          table + s * COLUMN_BYTES);
    }
  }
}
