package com.omendb.vectors.check;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.parallel.Workers;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;

/// Refuses vectors that no distance can be computed from, before they reach a build or a search.
public final class VectorChecks {
  /// The largest squared norm of a float32 vector. Two vectors within it are at most 2^127 apart in
  /// squared L2, which a float holds; beyond it their distance may be infinite.
  public static final float MAX_SQUARED_NORM = 0x1p125f;

  /// The least squared norm, but for zero, of a float32 vector. The squares of shorter ones, and of
  /// their distances, vanish in a float, so that all of them would be equally near.
  public static final float MIN_SQUARED_NORM = 0x1p-100f;

  // Between these a squared norm in single precision leaves no doubt.
  private static final float MIN_CLEAR_NORM = 2 * MIN_SQUARED_NORM;
  private static final float MAX_CLEAR_NORM = MAX_SQUARED_NORM / 2;

  private static final long ROWS_PER_TASK = 4096;

  private VectorChecks() {}

  /// Checks every row, on several threads: float32 vectors must hold no NaN, no infinity and have a
  /// squared norm of at most [#MAX_SQUARED_NORM] and, but for zero, of at least
  /// [#MIN_SQUARED_NORM]; for [Metric#COSINE], a vector of any type must not be zero.
  ///
  /// @param what what the vectors are, for the message, such as `base vectors`
  /// @param threads threads to use, at least 1; fewer run if there are few rows
  /// @throws IllegalArgumentException naming `what`, the first unusable row, and its first unusable
  ///   column if there is one
  public static void requireUsable(VectorSource source, Metric metric, String what, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive: threads=" + threads);
    }
    if (source.elementType() != ElementType.FLOAT32 && metric != Metric.COSINE) {
      return;
    }
    VectorSource shared = source.forAllThreads(what);
    long row = firstUnusableRow(shared, metric, threads);
    if (row < source.count()) {
      throw new IllegalArgumentException(describe(shared, row, what));
    }
  }

  /// Why no distance can be computed from a float32 vector with this squared norm, or an empty
  /// text. Cosine with a zero vector is another matter.
  ///
  /// @param squaredNorm in double precision, so that it is zero for zero only
  public static String lengthProblem(double squaredNorm) {
    if (squaredNorm > MAX_SQUARED_NORM) {
      return "is too long: its squared norm exceeds " + MAX_SQUARED_NORM;
    }
    boolean tooShort = squaredNorm > 0 && squaredNorm < MIN_SQUARED_NORM;
    return tooShort
        ? "is too short, though not zero: its squared norm is below " + MIN_SQUARED_NORM
        : "";
  }

  /// The first unusable row, or the count if there is none.
  ///
  /// Workers take runs of rows in order, and leave out those behind an unusable row: runs before it
  /// are all looked at, so that the least row found is the first.
  private static long firstUnusableRow(VectorSource source, Metric metric, int threads) {
    AtomicLong firstUnusable = new AtomicLong(source.count());
    Workers.forEach(
        source.count(),
        ROWS_PER_TASK,
        threads,
        () -> {
          RowCheck check = new RowCheck(source, metric);
          return (from, to) -> {
            if (from < firstUnusable.get()) {
              firstUnusable.accumulateAndGet(check.firstUnusable(from, to), Math::min);
            }
          };
        });
    return firstUnusable.get();
  }

  private static String describe(VectorSource source, long row, String what) {
    String prefix = what + ": row=" + row;
    int largestColumn = 0;
    double squaredNorm = 0;
    for (int column = 0; column < source.dimension(); column++) {
      float value = source.element(row, column);
      if (!Float.isFinite(value)) {
        return prefix + " holds " + value + " at column=" + column;
      }
      squaredNorm += (double) value * value;
      if (Math.abs(value) > Math.abs(source.element(row, largestColumn))) {
        largestColumn = column;
      }
    }
    float largest = source.element(row, largestColumn);
    return largest == 0
        ? prefix + " holds only zeros, which have no cosine distance"
        : prefix
            + " "
            + lengthProblem(squaredNorm)
            + "; it holds "
            + largest
            + " at column="
            + largestColumn;
  }

  /// Checks rows by their squared norm, which is not finite if an element is not.
  private static final class RowCheck {
    private final VectorSource source;
    private final Metric metric;
    private final DistanceKernel negatedInnerProduct;

    RowCheck(VectorSource source, Metric metric) {
      this.source = source;
      this.metric = metric;
      this.negatedInnerProduct =
          DistanceKernels.of(Metric.INNER_PRODUCT, source.elementType(), source.dimension());
    }

    /// The first unusable row of `[from, to)`, or [Long#MAX_VALUE].
    long firstUnusable(long from, long to) {
      try {
        for (long row = from; row < to; row++) {
          long address = source.address(row);
          float squaredNorm = -negatedInnerProduct.distance(address, address);
          // Single precision settles it for all but rare vectors.
          boolean clear = squaredNorm > MIN_CLEAR_NORM && squaredNorm < MAX_CLEAR_NORM;
          if (!clear && !isUsable(row)) {
            return row;
          }
        }
        return Long.MAX_VALUE;
      } finally {
        Reference.reachabilityFence(source);
      }
    }

    private boolean isUsable(long row) {
      double squaredNorm = 0;
      for (int column = 0; column < source.dimension(); column++) {
        double value = source.element(row, column);
        squaredNorm += value * value;
      }
      if (squaredNorm == 0) {
        return metric != Metric.COSINE;
      }
      return Double.isFinite(squaredNorm)
          && (source.elementType() != ElementType.FLOAT32 || lengthProblem(squaredNorm).isEmpty());
    }
  }
}
