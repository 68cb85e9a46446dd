package com.omendb.pq;

import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.simd.CentroidKernels;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.SplittableRandom;

/// Product Quantization after Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor
/// Search", TPAMI 2011: a vector's columns are divided into `subspaceCount` consecutive subspaces,
/// and its code holds one byte a subspace, the number of the nearest of 256 centroids.
///
/// When the subspace count does not divide the dimension, the first `dimension % subspaceCount`
/// subspaces are one column longer. A quantizer that normalizes works on unit-length copies.
///
/// The codebook is native memory, little-endian `float[dimension][256]`: element `256 * column +
/// centroid` is the value of that column in that centroid of the column's subspace.
///
/// Immutable and thread-safe. The memory of a trained codebook is freed with the quantizer; the
/// memory given to [#of] must stay open while the quantizer or a table of it is in use.
public final class ProductQuantizer {
  /// Centroids of each subspace: what one byte can number.
  public static final int CENTROID_COUNT = CentroidKernels.CENTROID_COUNT;

  private final Subspaces subspaces;
  private final boolean normalize;
  private final MemorySegment codebook;

  private ProductQuantizer(Subspaces subspaces, boolean normalize, MemorySegment codebook) {
    this.subspaces = subspaces;
    this.normalize = normalize;
    this.codebook = codebook.asReadOnly();
  }

  /// Trains a codebook on a sample of the vectors.
  ///
  /// @param progress receives the phase `train codebook`, one unit a subspace
  /// @throws IllegalArgumentException if there are no vectors, more subspaces than columns, or
  ///   vectors that hold NaN or infinite values
  public static ProductQuantizer train(VectorSource source, PqOptions options, Progress progress) {
    if (source.count() == 0) {
      throw new IllegalArgumentException("no vectors to train on: count=0");
    }
    Subspaces subspaces = new Subspaces(source.dimension(), options.subspaceCount());
    RowReader.requireOpen(source.segment(), "source");
    MemorySegment codebook = CodebookTrainer.train(source, options, progress);
    requireFinite(codebook, "training vectors are not finite");
    return new ProductQuantizer(subspaces, options.normalize(), codebook);
  }

  /// Native bytes that [#train] takes at its peak, the codebook included.
  public static long trainingBytes(VectorShape vectors, PqOptions options) {
    return CodebookTrainer.bytes(vectors, options);
  }

  /// A quantizer over an existing codebook, which is not copied.
  ///
  /// @param codebook native memory of exactly [#codebookBytes] in the layout described above
  /// @throws IllegalArgumentException if a size is wrong or a value is not finite
  public static ProductQuantizer of(
      int dimension, int subspaceCount, boolean normalize, MemorySegment codebook) {
    if (dimension > VectorSource.MAX_DIMENSION) {
      throw new IllegalArgumentException("dimension is too large: dimension=" + dimension);
    }
    Subspaces subspaces = new Subspaces(dimension, subspaceCount);
    if (!codebook.isNative()) {
      throw new IllegalArgumentException("codebook must be native memory: codebook=" + codebook);
    }
    if (codebook.byteSize() != codebookBytes(dimension)) {
      throw new IllegalArgumentException(
          "codebook of dimension="
              + dimension
              + " has "
              + codebookBytes(dimension)
              + " bytes: codebookBytes="
              + codebook.byteSize());
    }
    requireFinite(codebook, "codebook is not finite");
    return new ProductQuantizer(subspaces, normalize, codebook);
  }

  /// Bytes of a codebook for vectors of `dimension` elements.
  public static long codebookBytes(int dimension) {
    return dimension * CentroidKernels.COLUMN_BYTES;
  }

  /// Elements of the vectors.
  public int dimension() {
    return subspaces.dimension();
  }

  /// Subspaces, and bytes of one code.
  public int subspaceCount() {
    return subspaces.count();
  }

  /// Whether unit-length copies of the vectors are encoded.
  public boolean normalize() {
    return normalize;
  }

  /// The codebook, read-only, in the layout described above.
  public MemorySegment codebook() {
    return codebook;
  }

  /// First column of a subspace.
  ///
  /// @throws IndexOutOfBoundsException if there is no such subspace
  public int subspaceOffset(int s) {
    return subspaces.offset(Objects.checkIndex(s, subspaceCount()));
  }

  /// Columns of a subspace.
  ///
  /// @throws IndexOutOfBoundsException if there is no such subspace
  public int subspaceLength(int s) {
    return subspaces.length(Objects.checkIndex(s, subspaceCount()));
  }

  /// Encodes rows on the calling thread. The code of row `fromRow + i` is written to `codesOffset +
  /// i * subspaceCount`. A zero vector that would have to be normalized is encoded as it is.
  ///
  /// @param codes native memory
  /// @throws IllegalArgumentException if the vectors' dimension is another one
  /// @throws IndexOutOfBoundsException if rows or codes lie outside their memory
  public void encode(
      VectorSource source, long fromRow, long rowCount, MemorySegment codes, long codesOffset) {
    Encoder.requireRoom(this, source, fromRow, rowCount, codes, codesOffset);
    try (Encoder encoder = new Encoder(this)) {
      encoder.encode(source, fromRow, rowCount, codes, codesOffset);
    }
  }

  /// Encodes all rows on `threads` threads. The code of row `i` is written to `i * subspaceCount`.
  ///
  /// @param codes native memory
  /// @param progress receives the phase `encode`, one unit a row
  /// @throws IllegalArgumentException if the vectors' dimension is another one, or `threads < 1`
  /// @throws IndexOutOfBoundsException if the codes do not fit
  public void encodeAll(VectorSource source, MemorySegment codes, int threads, Progress progress) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive: threads=" + threads);
    }
    Encoder.requireRoom(this, source, 0, source.count(), codes, 0);
    Encoder.encodeAll(this, source, codes, threads, progress);
  }

  /// Writes the vector that a code stands for into `target[0..dimension)`; unit-length or near it
  /// if the quantizer normalizes.
  ///
  /// @throws IndexOutOfBoundsException if the code lies outside `codes` or `target` is too short
  public void decode(MemorySegment codes, long offset, float[] target) {
    Objects.checkFromIndexSize(0, dimension(), target.length);
    Objects.checkFromIndexSize(offset, subspaceCount(), codes.byteSize());
    for (int s = 0; s < subspaceCount(); s++) {
      int centroid = codes.get(BYTE, offset + s) & 0xff;
      int end = subspaces.offset(s + 1);
      for (int column = subspaces.offset(s); column < end; column++) {
        target[column] = codebook.get(FLOAT, column * CentroidKernels.COLUMN_BYTES + 4L * centroid);
      }
    }
  }

  /// Measures the error of codes over `pairCount` random pairs of rows.
  ///
  /// @param codes the code of row `i` at `i * subspaceCount`
  /// @throws IllegalArgumentException if there are no rows, the dimension is another one, or
  ///   `pairCount < 1`
  /// @throws IndexOutOfBoundsException if `codes` is too short
  public CodeError estimateError(
      VectorSource source, MemorySegment codes, int pairCount, long seed) {
    if (source.count() == 0 || pairCount < 1) {
      throw new IllegalArgumentException(
          "nothing to measure: count=" + source.count() + ", pairCount=" + pairCount);
    }
    requireCodes(source, codes);
    SplittableRandom random = new SplittableRandom(seed);
    try (CodeErrorEstimator estimator = new CodeErrorEstimator(this, source, source, codes)) {
      for (int i = 0; i < pairCount; i++) {
        estimator.add(random.nextLong(source.count()), random.nextLong(source.count()));
      }
      return estimator.error();
    }
  }

  /// Measures the error of codes over given pairs, such as queries and their nearest neighbours or
  /// the ends of a graph's edges: between near vectors it is another than between random ones.
  ///
  /// @param queryRows rows of `queries`, which may be `source` itself
  /// @param rows for each of them, a row of `source`
  /// @param codes the code of row `i` of `source` at `i * subspaceCount`
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
    requireCodes(source, codes);
    Encoder.requireDimension(this, queries);
    RowReader.requireOpen(queries.segment(), "queries");
    try (CodeErrorEstimator estimator = new CodeErrorEstimator(this, queries, source, codes)) {
      for (int i = 0; i < rows.length; i++) {
        long queryRow = Objects.checkIndex(queryRows[i], queries.count());
        estimator.add(queryRow, Objects.checkIndex(rows[i], source.count()));
      }
      return estimator.error();
    }
  }

  private void requireCodes(VectorSource source, MemorySegment codes) {
    Encoder.requireDimension(this, source);
    RowReader.requireOpen(source.segment(), "source");
    long codeBytes = Math.multiplyExact(source.count(), (long) subspaceCount());
    Objects.checkFromIndexSize(0, codeBytes, codes.byteSize());
  }

  Subspaces subspaces() {
    return subspaces;
  }

  private static void requireFinite(MemorySegment codebook, String what) {
    long count = codebook.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      float value = codebook.get(FLOAT, i * Float.BYTES);
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            what
                + ": column="
                + i / CENTROID_COUNT
                + ", centroid="
                + i % CENTROID_COUNT
                + ", value="
                + value);
      }
    }
  }
}
