package com.omendb.pq;

import com.omendb.pq.rows.RowReader;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A trained code: it encodes vectors, and estimates distances from queries to what it encoded.
///
/// One that normalizes works on unit-length copies. All that it has learned is in its codebook,
/// which is native memory and all that has to be kept to have the code again: [CodeSpec#read].
///
/// Here is what all kinds of code share: that arguments fit is checked before anything is written,
/// because kinds work on raw addresses. Immutable and thread-safe; the codebook must stay open
/// while the code, or [CodeDistances] of it, are in use.
public abstract class VectorCode {
  /// Rows of one task, and of one report of progress.
  private static final long TASK_ROWS = 4096;

  private final CodeSpec spec;
  private final int dimension;
  private final boolean normalize;
  private final MemorySegment codebook;

  /// A trained code.
  ///
  /// @param codebook native memory, whose size and content were checked
  protected VectorCode(CodeSpec spec, int dimension, boolean normalize, MemorySegment codebook) {
    this.spec = spec;
    this.dimension = dimension;
    this.normalize = normalize;
    this.codebook = codebook.asReadOnly();
  }

  /// Kind and size.
  public final CodeSpec spec() {
    return spec;
  }

  /// Bytes of the code of one vector.
  public final int bytes() {
    return spec.bytes();
  }

  /// Elements of the vectors.
  public final int dimension() {
    return dimension;
  }

  /// Whether unit-length copies of the vectors are encoded.
  public final boolean normalize() {
    return normalize;
  }

  /// The codebook, read-only, in the layout of its kind.
  public final MemorySegment codebook() {
    return codebook;
  }

  /// Encodes rows on the calling thread. The code of row `fromRow + i` is written to `codesOffset +
  /// i * bytes`. A zero vector that would have to be normalized is encoded as it is.
  ///
  /// @param codes native memory
  /// @throws IllegalArgumentException if the vectors' dimension is another one
  /// @throws IndexOutOfBoundsException if rows or codes lie outside their memory
  public final void encode(
      VectorSource source, long fromRow, long rowCount, MemorySegment codes, long codesOffset) {
    requireRoom(source, fromRow, rowCount, codes, codesOffset);
    try {
      encodeRows(source, fromRow, rowCount, codes.address() + codesOffset);
    } finally {
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(codes);
      Reference.reachabilityFence(this);
    }
  }

  /// Encodes all rows on `threads` threads. The code of row `i` is written to `i * bytes`.
  ///
  /// @param codes native memory
  /// @param progress receives the phase `encode`, one unit a row
  /// @throws IllegalArgumentException if the vectors' dimension is another one, or `threads < 1`
  /// @throws IndexOutOfBoundsException if the codes do not fit
  public final void encodeAll(
      VectorSource source, MemorySegment codes, int threads, Progress progress) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive: threads=" + threads);
    }
    requireRoom(source, 0, source.count(), codes, 0);
    progress.phase("encode", source.count());
    Workers.run(
        Math.ceilDiv(source.count(), TASK_ROWS),
        threads,
        () ->
            task -> {
              long from = task * TASK_ROWS;
              long rows = Math.min(TASK_ROWS, source.count() - from);
              encode(source, from, rows, codes, from * bytes());
              progress.advance(rows);
            });
  }

  /// Does the work of [#encode]: rows and codes are there, and their memory is open.
  ///
  /// @param target address of the first code
  protected abstract void encodeRows(VectorSource source, long fromRow, long rowCount, long target);

  /// Writes the vector that a code stands for into `target[0..dimension)`; unit-length or near it
  /// if the code normalizes.
  ///
  /// @throws IndexOutOfBoundsException if the code lies outside `codes` or `target` is too short
  public final void decode(MemorySegment codes, long offset, float[] target) {
    Objects.checkFromIndexSize(0, dimension, target.length);
    Objects.checkFromIndexSize(offset, bytes(), codes.byteSize());
    decodeInto(codes, offset, target);
  }

  /// Does the work of [#decode]: code and target are there.
  protected abstract void decodeInto(MemorySegment codes, long offset, float[] target);

  /// Finds where a code differs from that of a vector. Vectors may have been rounded since they
  /// were encoded, so the code need not be the same: it is right if its error is that of the right
  /// code, except for rounding.
  ///
  /// @param codes holds the code to check, at `offset`
  /// @param encoded the one that [#encode] finds, at `offset`
  /// @return null if the code is right
  public abstract @Nullable CodeMismatch mismatch(
      VectorSource source, long row, MemorySegment codes, MemorySegment encoded, long offset);

  /// Makes what one searcher estimates distances with, as large as [CodeSpec#distancesBytes] says.
  public abstract CodeDistances newDistances(Arena arena);

  /// Measures the error of codes over pairs, such as queries and their nearest neighbours or the
  /// ends of a graph's edges: between near vectors it is another than between random ones.
  ///
  /// Distances are taken to decoded codes. A kind whose estimates are others measures by itself.
  ///
  /// @param queryRows rows of `queries`, which may be `source` itself
  /// @param rows for each of them, a row of `source`
  /// @param codes the code of row `i` of `source` at `i * bytes`
  /// @throws IllegalArgumentException if there are no pairs, the arrays differ in length, or a
  ///   dimension is another one
  /// @throws IndexOutOfBoundsException if a row does not exist or `codes` is too short
  public CodeError estimateError(
      VectorSource queries,
      long[] queryRows,
      VectorSource source,
      long[] rows,
      MemorySegment codes) {
    if (queryRows.length == 0 || queryRows.length != rows.length) {
      throw new IllegalArgumentException(
          "pairs are needed: queryRows=" + queryRows.length + ", rows=" + rows.length);
    }
    requireDimension(source);
    RowReader.requireOpen(source.segment(), "source");
    long codeBytes = Math.multiplyExact(source.count(), (long) bytes());
    Objects.checkFromIndexSize(0, codeBytes, codes.byteSize());
    requireDimension(queries);
    RowReader.requireOpen(queries.segment(), "queries");
    try (CodeErrorEstimator estimator = new CodeErrorEstimator(this, queries, source, codes)) {
      for (int i = 0; i < rows.length; i++) {
        long queryRow = Objects.checkIndex(queryRows[i], queries.count());
        estimator.add(queryRow, Objects.checkIndex(rows[i], source.count()));
      }
      return estimator.error();
    }
  }

  final void requireDimension(VectorSource source) {
    if (source.dimension() != dimension) {
      throw new IllegalArgumentException(
          "the code is of another dimension=" + dimension + ": dimension=" + source.dimension());
    }
  }

  private void requireRoom(
      VectorSource source, long fromRow, long rowCount, MemorySegment codes, long codesOffset) {
    requireDimension(source);
    if (!codes.isNative()) {
      throw new IllegalArgumentException("codes must be native memory: codes=" + codes);
    }
    if (codes.isReadOnly()) {
      throw new IllegalArgumentException("codes must be writable: codes=" + codes);
    }
    RowReader.requireOpen(source.segment(), "source");
    RowReader.requireOpen(codes, "codes");
    RowReader.requireOpen(codebook, "codebook");
    Objects.checkFromIndexSize(fromRow, rowCount, source.count());
    long codeBytes = Math.multiplyExact(rowCount, (long) bytes());
    Objects.checkFromIndexSize(codesOffset, codeBytes, codes.byteSize());
  }
}
