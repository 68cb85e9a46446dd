package com.omendb.diskann.format;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pq.CodeError;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.part.HeaderFields;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/// PQ codes of an index, of one of the sizes that it keeps, and the codebook that they refer to,
/// each a segment file that is mapped for searching.
///
/// - `codes-M.pq`, M being the subspaceCount: the code of node i, M bytes, at i * M. Header fields:
///   0 node count, 1 subspaceCount.
/// - `codebook-M.pq`: the quantizer's centroids. Header fields: 0 dimension, 1 subspaceCount, 2
///   whether vectors are brought to unit length (0 or 1), 3 to 7 the bits of the doubles
///   `meanSquaredResidual`, `offset`, `relativeError`, `innerProductOffset` and `innerProductError`
///   of the estimates between near neighbours, measured at build.
///
/// @param quantizer the trained quantizer
/// @param codes the codes of all nodes, flat
/// @param error how far estimates are from true distances
public record CodesFile(ProductQuantizer quantizer, MemorySegment codes, CodeError error) {
  /// Magic of the header of codes.
  public static final String CODES_MAGIC = "OMENCODE";

  /// Magic of the header of a codebook.
  public static final String CODEBOOK_MAGIC = "OMENBOOK";

  /// The version of both that is written, and the only one that is read.
  public static final int VERSION = 2;

  /// A quantizer and how far estimates by its codes are from true distances.
  ///
  /// @param quantizer the trained quantizer
  /// @param error measured over near neighbours of the index
  public record Codebook(ProductQuantizer quantizer, CodeError error) {}

  /// Writes a codebook.
  public static void writeCodebook(Codebook codebook, FileTarget file, UUID indexId)
      throws IOException {
    ProductQuantizer quantizer = codebook.quantizer();
    CodeError error = codebook.error();
    SegmentFile.write(
        file,
        CODEBOOK_MAGIC,
        VERSION,
        indexId,
        new long[] {
          quantizer.dimension(),
          quantizer.subspaceCount(),
          quantizer.normalize() ? 1 : 0,
          Double.doubleToLongBits(error.meanSquaredResidual()),
          Double.doubleToLongBits(error.offset()),
          Double.doubleToLongBits(error.relativeError()),
          Double.doubleToLongBits(error.innerProductOffset()),
          Double.doubleToLongBits(error.innerProductError())
        },
        quantizer.codebook());
  }

  /// Writes codes.
  ///
  /// @param codes of all nodes, flat
  public static void writeCodes(
      MemorySegment codes, int subspaceCount, FileTarget file, UUID indexId) throws IOException {
    SegmentFile.write(
        file,
        CODES_MAGIC,
        VERSION,
        indexId,
        new long[] {codes.byteSize() / subspaceCount, subspaceCount},
        codes);
  }

  /// Opens a codebook and checks it against the index.
  public static Codebook openCodebook(
      Path path, UUID indexId, int dimension, Metric metric, int subspaceCount, Arena arena)
      throws IOException {
    SegmentFile.Mapped file = SegmentFile.map(path, CODEBOOK_MAGIC, VERSION, VERSION, arena);
    return new Codebook(
        quantizer(file, path, indexId, dimension, metric, subspaceCount), error(file, path));
  }

  /// Opens codes and checks them against the index.
  public static MemorySegment openCodes(
      Path path, UUID indexId, int nodeCount, int subspaceCount, Arena arena) throws IOException {
    return codes(
        SegmentFile.map(path, CODES_MAGIC, VERSION, VERSION, arena),
        path,
        indexId,
        nodeCount,
        subspaceCount);
  }

  static MemorySegment codes(
      SegmentFile.Mapped codes, Path path, UUID indexId, int nodeCount, int subspaceCount)
      throws CorruptFileException {
    long[] fields = HeaderFields.require(codes.header(), indexId, 2, path);
    if (fields[0] != nodeCount
        || fields[1] != subspaceCount
        || codes.payload().byteSize() != (long) nodeCount * subspaceCount) {
      throw new CorruptFileException(
          "codes do not match the index",
          path,
          0,
          "nodes=" + nodeCount + ", subspaceCount=" + subspaceCount,
          "nodes="
              + fields[0]
              + ", subspaceCount="
              + fields[1]
              + ", payloadBytes="
              + codes.payload().byteSize());
    }
    return codes.payload();
  }

  static ProductQuantizer quantizer(
      SegmentFile.Mapped codebook,
      Path path,
      UUID indexId,
      int dimension,
      Metric metric,
      int subspaceCount)
      throws CorruptFileException {
    long[] fields = HeaderFields.require(codebook.header(), indexId, 8, path);
    boolean normalize = metric == Metric.COSINE;
    if (fields[0] != dimension || fields[1] != subspaceCount || fields[2] != (normalize ? 1 : 0)) {
      throw new CorruptFileException(
          "codebook does not match the index",
          path,
          0,
          "dimension="
              + dimension
              + ", subspaceCount="
              + subspaceCount
              + ", normalize="
              + (normalize ? 1 : 0),
          "dimension=" + fields[0] + ", subspaceCount=" + fields[1] + ", normalize=" + fields[2]);
    }
    try {
      return ProductQuantizer.of(dimension, subspaceCount, normalize, codebook.payload());
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(
          "codebook is unusable", path, 0, "finite centroids", String.valueOf(e));
    }
  }

  // Deviations and offsets that are no numbers would make every page look worthless.
  static CodeError error(SegmentFile.Mapped codebook, Path path) throws CorruptFileException {
    double[] figures =
        Arrays.stream(codebook.header().fields())
            .skip(3)
            .mapToDouble(Double::longBitsToDouble)
            .toArray();
    CodeError error = new CodeError(figures[0], figures[1], figures[2], figures[3], figures[4]);
    boolean usable =
        Arrays.stream(figures).allMatch(Double::isFinite)
            && error.relativeError() >= 0
            && error.innerProductError() >= 0;
    if (!usable) {
      throw new CorruptFileException(
          "errors of the codes are unusable", path, 0, "finite numbers", error.toString());
    }
    return error;
  }
}
