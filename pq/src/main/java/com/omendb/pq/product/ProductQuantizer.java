package com.omendb.pq.product;

import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.CodeMismatch;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.VectorCode;
import com.omendb.pq.rows.RowReader;
import com.omendb.pq.simd.CentroidKernels;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Product Quantization after Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor
/// Search", TPAMI 2011: a vector's columns are divided into `subspaceCount` consecutive subspaces,
/// and its code holds one byte a subspace, the number of the nearest of 256 centroids.
///
/// When the subspace count does not divide the dimension, the first `dimension % subspaceCount`
/// subspaces are one column longer.
///
/// The codebook is native memory, little-endian `float[dimension][256]`: element `256 * column +
/// centroid` is the value of that column in that centroid of the column's subspace.
///
/// Immutable and thread-safe. The memory of a trained codebook is freed with the quantizer; the
/// memory given to [#of] must stay open while the quantizer or a table of it is in use.
public final class ProductQuantizer extends VectorCode {
  /// Centroids of each subspace: what one byte can number.
  public static final int CENTROID_COUNT = CentroidKernels.CENTROID_COUNT;

  private final Subspaces subspaces;

  private ProductQuantizer(Subspaces subspaces, boolean normalize, MemorySegment codebook) {
    super(
        new CodeSpec(ProductKind.PQ, subspaces.count()),
        subspaces.dimension(),
        normalize,
        codebook);
    this.subspaces = subspaces;
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

  /// Subspaces, and bytes of one code.
  public int subspaceCount() {
    return subspaces.count();
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

  @Override
  protected void encodeRows(VectorSource source, long fromRow, long rowCount, long target) {
    try (Encoder encoder = new Encoder(this)) {
      encoder.encode(source, fromRow, rowCount, target);
    }
  }

  @Override
  protected void decodeInto(MemorySegment codes, long offset, float[] target) {
    for (int s = 0; s < subspaceCount(); s++) {
      int centroid = codes.get(BYTE, offset + s) & 0xff;
      int end = subspaces.offset(s + 1);
      for (int column = subspaces.offset(s); column < end; column++) {
        target[column] =
            codebook().get(FLOAT, column * CentroidKernels.COLUMN_BYTES + 4L * centroid);
      }
    }
  }

  @Override
  public @Nullable CodeMismatch mismatch(
      VectorSource source, long row, MemorySegment codes, MemorySegment encoded, long offset) {
    return new CentroidCheck(this, source, row).mismatch(codes, encoded, offset);
  }

  @Override
  public DistanceTable newDistances(Arena arena) {
    return new DistanceTable(this, arena);
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
