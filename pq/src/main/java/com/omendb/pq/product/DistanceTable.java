package com.omendb.pq.product;

import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;

import com.omendb.pq.CodeDistances;
import com.omendb.pq.rows.RowReader;
import com.omendb.pq.simd.CentroidKernels;
import com.omendb.pq.simd.CodeKernels;
import com.omendb.pq.simd.KernelChoice;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The distances of one query to all centroids, from which the distance to a code is the sum of one
/// value a subspace: asymmetric distance computation, section III-B of Jégou et al., TPAMI 2011.
///
/// The values are rounded to 65,534 steps of the widest subspace's range, so that a block of codes
/// can be summed in whole numbers and every kind of kernel finds the same estimate. It is off by at
/// most `subspaceCount / 131,068` of that range. The error of the codes around a query is about the
/// squared distance from the query to its own code. Where the rounding is not far below that, as
/// with clusters that lie a thousand times their width apart, the values stay as they are and are
/// summed one by one.
///
/// Scratch of one searcher, as all [CodeDistances] are.
public final class DistanceTable extends CodeDistances {
  private static final int BLOCK_CODES = CodeKernels.BLOCK_CODES;
  private static final long ALIGNMENT = 64;

  // By so much the rounding has to be smaller than the distance from the query to its own code.
  private static final double FAR_BELOW = 16;

  private final CentroidKernels centroidKernels = KernelChoice.centroids();
  private final CodeKernels codeKernels;
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
  private boolean rounded;
  private float offset;
  private float step;

  /// Allocates a table, [#bytes] large, in `arena`.
  public DistanceTable(ProductQuantizer quantizer, Arena arena) {
    this(quantizer, arena, KernelChoice.codes());
  }

  /// A table that sums codes with the given kernels.
  DistanceTable(ProductQuantizer quantizer, Arena arena, CodeKernels codeKernels) {
    super(quantizer);
    this.codeKernels = codeKernels;
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

  @Override
  protected void fill(VectorSource source, long row, Metric metric) {
    RowReader.requireOpen(memory, "table");
    RowReader.read(source, row, quantizer.normalize(), query, Float.BYTES);
    switch (metric) {
      case SQUARED_L2 -> fillWithSquaredDistances(1);
      case INNER_PRODUCT -> fillWithNegatedDots();
      case COSINE -> fillWithSquaredDistances(0.5f);
    }
    round(metric);
  }

  /// The estimated distance to one code, the same as [#distances] finds, with every access checked.
  ///
  /// @throws IndexOutOfBoundsException if the code lies outside `codes`
  /// @throws IllegalStateException if no query was prepared
  public float distance(MemorySegment codes, long codeOffset) {
    requirePrepared();
    Objects.checkFromIndexSize(codeOffset, subspaceCount, codes.byteSize());
    double sum = 0;
    for (int s = 0; s < subspaceCount; s++) {
      int centroid = codes.get(BYTE, codeOffset + s) & 0xff;
      sum += memory.get(FLOAT, s * COLUMN_BYTES + 4L * centroid);
    }
    return rounded ? offset + step * (int) sum : (float) sum;
  }

  @Override
  protected void estimate(long codesAddress, int[] nodes, int count, float[] distances) {
    if (rounded) {
      sumSteps(codesAddress, nodes, count, distances);
      return;
    }
    for (int i = 0; i < count; i++) {
      distances[i] = sumOf(codesAddress + (long) nodes[i] * subspaceCount);
    }
  }

  private void sumSteps(long codesAddress, int[] nodes, int count, float[] distances) {
    for (int from = 0; from < count; from += BLOCK_CODES) {
      int blockCount = Math.min(BLOCK_CODES, count - from);
      codeKernels.sumOf(
          table, subspaceCount, scratch, codesAddress, nodes, from, blockCount, batch, sums);
      for (int i = 0; i < blockCount; i++) {
        distances[from + i] = offset + step * ALL.get(INT, sums + 4L * i);
      }
    }
  }

  // The sum of the values that a code selects, as they are.
  private float sumOf(long code) {
    double sum = 0;
    for (int s = 0; s < subspaceCount; s++) {
      int centroid = ALL.get(BYTE, code + s) & 0xff;
      sum += ALL.get(FLOAT, table + s * COLUMN_BYTES + 4L * centroid);
    }
    return (float) sum;
  }

  // Rounds the values to steps, unless the nearest codes could not be told apart any more. Of inner
  // products the smallest says nothing about the error of the codes.
  private void round(Metric metric) {
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
    rounded = metric == Metric.INNER_PRODUCT || FAR_BELOW * step * subspaceCount / 2 <= lowest;
    if (!rounded) {
      return;
    }
    // A range so small that its inverse is infinite counts as none.
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
