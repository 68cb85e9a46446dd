package com.omendb.diskann.format;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pq.CodeError;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.VectorCode;
import com.omendb.store.part.HeaderFields;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/// Codes of an index, of one of those that it keeps, and the codebook that they refer to, each a
/// segment file that is read into memory as a whole. [CodeNames] has their names.
///
/// - codes: that of node i, M bytes, at i * M. Header fields: 0 node count, 1 M.
/// - codebook, in the layout of the kind of code. Header fields: 0 dimension, 1 M, 2 whether
///   vectors are brought to unit length (0 or 1), 3 to 7 the bits of the doubles
///   `meanSquaredResidual`, `offset`, `relativeError`, `innerProductOffset` and `innerProductError`
///   of the estimates between near neighbours, measured at build.
///
/// - codes of the means of pages: as codes, that of page i at i * M. Header fields: 0 page count, 1
///   M.
///
/// In all, one more field tells the kind, unless it is the first.
///
/// @param code the trained code
/// @param codes the codes of all nodes, flat
/// @param error how far estimates are from true distances
public record CodesFile(VectorCode code, MemorySegment codes, CodeError error) {
  /// Magic of the header of codes.
  public static final String CODES_MAGIC = "OMENCODE";

  /// Magic of the header of a codebook.
  public static final String CODEBOOK_MAGIC = "OMENBOOK";

  /// Magic of the header of codes of page means.
  public static final String MEANS_MAGIC = "OMENMEAN";

  /// The version of all that is written, and the only one that is read.
  public static final int VERSION = 2;

  /// A code and how far estimates by it are from true distances.
  ///
  /// @param code the trained code
  /// @param error measured over near neighbours of the index
  public record Codebook(VectorCode code, CodeError error) {}

  /// Writes a codebook.
  public static void writeCodebook(Codebook codebook, FileTarget file, UUID indexId)
      throws IOException {
    VectorCode code = codebook.code();
    CodeError error = codebook.error();
    SegmentFile.write(
        file,
        CODEBOOK_MAGIC,
        VERSION,
        indexId,
        CodeNames.withKind(
            code.spec(),
            code.dimension(),
            code.bytes(),
            code.normalize() ? 1 : 0,
            Double.doubleToLongBits(error.meanSquaredResidual()),
            Double.doubleToLongBits(error.offset()),
            Double.doubleToLongBits(error.relativeError()),
            Double.doubleToLongBits(error.innerProductOffset()),
            Double.doubleToLongBits(error.innerProductError())),
        code.codebook());
  }

  /// Writes codes.
  ///
  /// @param codes of all nodes, flat
  public static void writeCodes(MemorySegment codes, CodeSpec code, FileTarget file, UUID indexId)
      throws IOException {
    write(CODES_MAGIC, codes, code, file, indexId);
  }

  /// Writes codes of the means of pages.
  ///
  /// @param codes of all pages, flat
  public static void writeMeans(MemorySegment codes, CodeSpec code, FileTarget file, UUID indexId)
      throws IOException {
    write(MEANS_MAGIC, codes, code, file, indexId);
  }

  private static void write(
      String magic, MemorySegment codes, CodeSpec code, FileTarget file, UUID indexId)
      throws IOException {
    SegmentFile.write(
        file,
        magic,
        VERSION,
        indexId,
        CodeNames.withKind(code, codes.byteSize() / code.bytes(), code.bytes()),
        codes);
  }

  /// Opens a codebook and checks it against the index.
  public static Codebook openCodebook(
      Path path, UUID indexId, int dimension, Metric metric, CodeSpec code, Arena arena)
      throws IOException {
    SegmentFile.Content file = SegmentFile.read(path, CODEBOOK_MAGIC, VERSION, VERSION, arena);
    return new Codebook(code(file, path, indexId, dimension, metric, code), error(file, path));
  }

  /// Opens codes and checks them against the index.
  public static MemorySegment openCodes(
      Path path, UUID indexId, int nodeCount, CodeSpec code, Arena arena) throws IOException {
    return codes(
        SegmentFile.read(path, CODES_MAGIC, VERSION, VERSION, arena),
        path,
        indexId,
        nodeCount,
        code);
  }

  /// Opens codes of the means of pages and checks them against the index.
  public static MemorySegment openMeans(
      Path path, UUID indexId, long pageCount, CodeSpec code, Arena arena) throws IOException {
    return codes(
        SegmentFile.read(path, MEANS_MAGIC, VERSION, VERSION, arena),
        path,
        indexId,
        (int) pageCount,
        code);
  }

  static MemorySegment codes(
      SegmentFile.Content codes, Path path, UUID indexId, int count, CodeSpec code)
      throws CorruptFileException {
    long[] fields = HeaderFields.require(codes.header(), indexId, 2, path);
    if (fields[0] != count
        || fields[1] != code.bytes()
        || !CodeNames.hasKind(code, fields, 2)
        || codes.payload().byteSize() != (long) count * code.bytes()) {
      throw new CorruptFileException(
          "codes do not match the index",
          path,
          0,
          "codes=" + count + ", code=" + code,
          "codes="
              + fields[0]
              + ", codeBytes="
              + fields[1]
              + ", payloadBytes="
              + codes.payload().byteSize());
    }
    return codes.payload();
  }

  static VectorCode code(
      SegmentFile.Content codebook,
      Path path,
      UUID indexId,
      int dimension,
      Metric metric,
      CodeSpec code)
      throws CorruptFileException {
    long[] fields = HeaderFields.require(codebook.header(), indexId, 8, path);
    boolean normalize = metric == Metric.COSINE;
    if (fields[0] != dimension
        || fields[1] != code.bytes()
        || !CodeNames.hasKind(code, fields, 8)
        || fields[2] != (normalize ? 1 : 0)) {
      throw new CorruptFileException(
          "codebook does not match the index",
          path,
          0,
          "dimension=" + dimension + ", code=" + code + ", normalize=" + (normalize ? 1 : 0),
          "dimension=" + fields[0] + ", codeBytes=" + fields[1] + ", normalize=" + fields[2]);
    }
    try {
      return code.read(dimension, normalize, codebook.payload());
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(
          "codebook is unusable", path, 0, "a codebook of " + code, String.valueOf(e));
    }
  }

  // Residuals, deviations and offsets that are no numbers would make every page look worthless.
  static CodeError error(SegmentFile.Content codebook, Path path) throws CorruptFileException {
    double[] figures =
        Arrays.stream(codebook.header().fields())
            .skip(3)
            .mapToDouble(Double::longBitsToDouble)
            .toArray();
    CodeError error = new CodeError(figures[0], figures[1], figures[2], figures[3], figures[4]);
    boolean usable =
        Arrays.stream(figures).allMatch(Double::isFinite)
            && error.meanSquaredResidual() >= 0
            && error.relativeError() >= 0
            && error.innerProductError() >= 0;
    if (!usable) {
      throw new CorruptFileException(
          "errors of the codes are unusable", path, 0, "finite numbers", error.toString());
    }
    return error;
  }
}
