package com.omendb.pq;

import com.omendb.pq.rows.RowReader;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.lang.ref.Reference;
import java.util.Objects;

/// Estimates the distances from one query to the codes of nodes.
///
/// Scratch of one searcher: prepared for one query after another, for one thread at a time. It
/// lives in the memory of the arena it was made in, until that is closed, and allocates nothing
/// once it is made.
public abstract class CodeDistances {
  private final VectorCode code;
  private boolean prepared;

  /// Distances to codes of one codebook.
  protected CodeDistances(VectorCode code) {
    this.code = code;
  }

  /// Turns to a query, which is copied.
  ///
  /// What is estimated: the squared distance; or minus the dot product; or one minus the cosine, as
  /// half the squared distance between the unit-length query and the decoded code.
  ///
  /// @param source holds the query, of any element type
  /// @throws IllegalArgumentException if the dimension is another one, or if the metric is the
  ///   cosine and the code does not normalize, or the other way round
  /// @throws IndexOutOfBoundsException if there is no such row
  public final void prepare(VectorSource source, long row, Metric metric) {
    code.requireDimension(source);
    Objects.checkIndex(row, source.count());
    if (code.normalize() != (metric == Metric.COSINE)) {
      throw new IllegalArgumentException(
          "metric does not suit the code: metric="
              + metric.label()
              + ", normalize="
              + code.normalize());
    }
    RowReader.requireOpen(source.segment(), "query");
    RowReader.requireOpen(code.codebook(), "codebook");
    prepared = false;
    try {
      fill(source, row, metric);
      prepared = true;
    } finally {
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(this);
    }
  }

  /// The estimated distances of `count` nodes, into `distances[0..count)`.
  ///
  /// The code of node `v` lies at `codesAddress + v * bytes`, the bytes being those of the code's
  /// [CodeSpec]. The caller guarantees that the codes of all nodes are in open memory: this is not
  /// checked.
  ///
  /// @throws IndexOutOfBoundsException if an array is shorter than `count`
  /// @throws IllegalStateException if no query was prepared
  public final void distances(long codesAddress, int[] nodes, int count, float[] distances) {
    requirePrepared();
    Objects.checkFromIndexSize(0, count, nodes.length);
    Objects.checkFromIndexSize(0, count, distances.length);
    try {
      estimate(codesAddress, nodes, count, distances);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// Fails unless a query was prepared.
  protected final void requirePrepared() {
    if (!prepared) {
      throw new IllegalStateException("no query was prepared");
    }
  }

  /// Does the work of [#prepare]: the query fits, and its memory and the codebook's are open.
  protected abstract void fill(VectorSource source, long row, Metric metric);

  /// Does the work of [#distances]: a query was prepared, and the arrays are long enough.
  protected abstract void estimate(long codesAddress, int[] nodes, int count, float[] distances);
}
