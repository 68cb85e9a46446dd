package com.omendb.datasets.truth;

import com.omendb.datasets.tables.Content;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.check.VectorChecks;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/// Exact nearest neighbours by comparing every query with every base vector.
///
/// Queries are handed to threads in slices. A thread walks the base in blocks small enough to stay
/// in its core's cache while all queries of its slice are compared with the block.
final class BruteForce {
  /// Bytes of base vectors that stay in a core's second-level cache beside a slice of queries.
  private static final int BLOCK_BYTES = 128 << 10;

  private static final int MAX_SLICE_QUERIES = 256;

  private final VectorSource base;
  private final VectorSource queries;
  private final DistanceKernel kernel;
  private final int k;
  private final Progress progress;
  private final int blockRows;
  private final int sliceQueries;
  private final MemorySegment ids;
  private final MemorySegment distances;

  private BruteForce(
      VectorSource base,
      VectorSource queries,
      Metric metric,
      int k,
      int threads,
      Progress progress) {
    this.base = base;
    this.queries = queries;
    this.kernel = DistanceKernels.of(metric, base.elementType(), base.dimension());
    this.k = k;
    this.progress = progress;
    this.blockRows = Math.clamp(BLOCK_BYTES / base.strideBytes(), 16, 4096);
    long evenly = (queries.count() + threads - 1) / threads;
    this.sliceQueries = Math.clamp(evenly, 1, MAX_SLICE_QUERIES);
    // Automatic: a result has no owner who could close it, and its size is queries x k only.
    Arena arena = Arena.ofAuto();
    long cells = Math.multiplyExact(queries.count(), k);
    this.ids = arena.allocate(NativeMemory.INT, cells);
    this.distances = arena.allocate(NativeMemory.FLOAT, cells);
  }

  static GroundTruth compute(
      VectorSource base,
      VectorSource queries,
      Metric metric,
      int k,
      int threads,
      Progress progress) {
    requireComparable(base, queries, k, threads);
    VectorChecks.requireUsable(base, metric, "base vectors", threads);
    VectorChecks.requireUsable(queries, metric, "query vectors", threads);
    BruteForce work = new BruteForce(base, queries, metric, k, threads, progress);
    long slices = (queries.count() + work.sliceQueries - 1) / work.sliceQueries;
    progress.phase("compute ground truth", Math.multiplyExact(queries.count(), base.count()));
    Workers.run(slices, threads, work::newWorker);
    return new GroundTruth(queries.count(), k, work.ids, work.distances);
  }

  private static void requireComparable(
      VectorSource base, VectorSource queries, int k, int threads) {
    if (base.dimension() != queries.dimension()) {
      throw new IllegalArgumentException(
          "base and queries differ in dimension: baseDimension="
              + base.dimension()
              + ", queryDimension="
              + queries.dimension());
    }
    if (base.elementType() != queries.elementType()) {
      throw new IllegalArgumentException(
          "base and queries differ in element type: baseElementType="
              + base.elementType().label()
              + ", queryElementType="
              + queries.elementType().label());
    }
    if (base.count() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("row numbers are 32 bits wide: baseCount=" + base.count());
    }
    if (k < 1 || k > Content.MAX_NEIGHBOURS) {
      throw new IllegalArgumentException(
          "k out of range 1.." + Content.MAX_NEIGHBOURS + ": k=" + k);
    }
    if (base.count() < 1) {
      throw new IllegalArgumentException("there are no base vectors: baseCount=" + base.count());
    }
    if (queries.count() < 1) {
      throw new IllegalArgumentException("there are no queries: queryCount=" + queries.count());
    }
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed: threads=" + threads);
    }
  }

  private LongConsumer newWorker() {
    NearestRows[] nearest = new NearestRows[sliceQueries];
    for (int i = 0; i < nearest.length; i++) {
      nearest[i] = new NearestRows((int) Math.min(k, base.count()));
    }
    int[] blockRowNumbers = new int[blockRows];
    for (int i = 0; i < blockRows; i++) {
      blockRowNumbers[i] = i;
    }
    float[] blockDistances = new float[blockRows];
    return slice -> computeSlice(slice, nearest, blockRowNumbers, blockDistances);
  }

  private void computeSlice(
      long slice, NearestRows[] nearest, int[] blockRowNumbers, float[] blockDistances) {
    long firstQuery = slice * sliceQueries;
    int count = (int) Math.min(sliceQueries, queries.count() - firstQuery);
    for (int i = 0; i < count; i++) {
      nearest[i].clear();
    }
    for (long row = 0; row < base.count(); row += blockRows) {
      int rows = (int) Math.min(blockRows, base.count() - row);
      long blockAddress = base.address(row);
      for (int i = 0; i < count; i++) {
        kernel.distances(
            queries.address(firstQuery + i),
            blockAddress,
            base.strideBytes(),
            blockRowNumbers,
            rows,
            blockDistances);
        offer(nearest[i], firstQuery + i, row, rows, blockDistances);
      }
      progress.advance((long) rows * count);
    }
    for (int i = 0; i < count; i++) {
      nearest[i].sort();
      store(firstQuery + i, nearest[i]);
    }
  }

  // Rounding to floats never turns an order around, so that they rule rows out; what is left is
  // compared precisely.
  private void offer(
      NearestRows nearest, long query, long firstRow, int count, float[] blockDistances) {
    boolean floats = base.elementType() == ElementType.FLOAT32;
    float bound = (float) nearest.bound();
    for (int i = 0; i < count; i++) {
      // Not "<=": a NaN must reach the heap while the heap is not full.
      if (!(blockDistances[i] > bound)) {
        long row = firstRow + i;
        nearest.offer(
            floats
                ? blockDistances[i]
                : kernel.preciseDistance(queries.address(query), base.address(row)),
            (int) row);
        bound = (float) nearest.bound();
      }
    }
  }

  private void store(long query, NearestRows nearest) {
    for (int rank = 0; rank < k; rank++) {
      long cell = query * k + rank;
      boolean found = rank < nearest.size();
      ids.setAtIndex(NativeMemory.INT, cell, found ? nearest.row(rank) : GroundTruth.EMPTY);
      distances.setAtIndex(
          NativeMemory.FLOAT,
          cell,
          found ? (float) nearest.distance(rank) : Float.POSITIVE_INFINITY);
    }
  }
}
