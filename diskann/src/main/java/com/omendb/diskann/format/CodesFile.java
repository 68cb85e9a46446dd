package com.omendb.diskann.format;

import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.SegmentFile;
import com.omendb.pq.CodeError;
import com.omendb.pq.ProductQuantizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;

/// The PQ codes of an index and the codebook that they refer to, each a segment file that is mapped
/// for searching.
///
/// - `codes.pq`: the code of node i, `subspaceCount` bytes, at i * subspaceCount. Header fields: 0
///   node count, 1 subspaceCount.
/// - `codebook.pq`: the quantizer's centroids. Header fields: 0 dimension, 1 subspaceCount, 2
///   whether vectors are brought to unit length (0 or 1), 3 and 4 the bits of the doubles `offset`
///   and `relativeError` of the estimates, measured at build.
///
/// @param quantizer the trained quantizer
/// @param codes the codes of all nodes, flat
/// @param error how far estimates are from true distances
public record CodesFile(ProductQuantizer quantizer, MemorySegment codes, CodeError error) {
  /// File name of the codes within the index.
  public static final String CODES = "codes.pq";

  /// File name of the codebook within the index.
  public static final String CODEBOOK = "codebook.pq";

  private static final String CODES_MAGIC = "OMENCODE";
  private static final String CODEBOOK_MAGIC = "OMENBOOK";
  private static final int VERSION = 1;

  /// Writes both files.
  public void write(Path codesPath, Path codebookPath, UUID indexId) throws IOException {
    int subspaceCount = quantizer.subspaceCount();
    SegmentFile.write(
        codesPath,
        CODES_MAGIC,
        VERSION,
        indexId,
        new long[] {codes.byteSize() / subspaceCount, subspaceCount},
        codes);
    SegmentFile.write(
        codebookPath,
        CODEBOOK_MAGIC,
        VERSION,
        indexId,
        new long[] {
          quantizer.dimension(),
          subspaceCount,
          quantizer.normalize() ? 1 : 0,
          Double.doubleToLongBits(error.offset()),
          Double.doubleToLongBits(error.relativeError())
        },
        quantizer.codebook());
  }

  /// Maps both files and checks them against the index.
  public static CodesFile map(Path files, UUID indexId, int nodeCount, int dimension, Arena arena)
      throws IOException {
    Path codebookPath = files.resolve(CODEBOOK);
    SegmentFile.Mapped codebook =
        SegmentFile.map(codebookPath, CODEBOOK_MAGIC, VERSION, VERSION, arena);
    long[] fields = HeaderFields.require(codebook.header(), indexId, 5, codebookPath);
    Path codesPath = files.resolve(CODES);
    SegmentFile.Mapped codes = SegmentFile.map(codesPath, CODES_MAGIC, VERSION, VERSION, arena);
    long[] codesFields = HeaderFields.require(codes.header(), indexId, 2, codesPath);
    long subspaceCount = fields[1];
    if (fields[0] != dimension
        || codesFields[0] != nodeCount
        || codesFields[1] != subspaceCount
        || codes.payload().byteSize() != nodeCount * subspaceCount) {
      throw new CorruptFileException(
          "codes do not match the index",
          codesPath,
          0,
          "nodes=" + nodeCount + ", dimension=" + dimension + ", subspaceCount=" + subspaceCount,
          "nodes="
              + codesFields[0]
              + ", dimension="
              + fields[0]
              + ", subspaceCount="
              + codesFields[1]);
    }
    try {
      return new CodesFile(
          ProductQuantizer.of(dimension, (int) subspaceCount, fields[2] == 1, codebook.payload()),
          codes.payload(),
          new CodeError(0, Double.longBitsToDouble(fields[3]), Double.longBitsToDouble(fields[4])));
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(
          "codebook is unusable", codebookPath, 0, "finite centroids", String.valueOf(e));
    }
  }
}
