package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.format.CodesFile;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.store.part.Placement;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.util.Map;

/// The codebook of the codes of one kind and size, [CodesFile].
///
/// @param code which code
public record CodebookPart(CodeSpec code) implements GraphPart<CodesFile.Codebook> {
  private static final int NORMALIZE_FIELD = 2;

  @Override
  public String name() {
    return CodeNames.file("codebook", code);
  }

  @Override
  public String magic() {
    return CodesFile.CODEBOOK_MAGIC;
  }

  @Override
  public int version() {
    return CodesFile.VERSION;
  }

  @Override
  public Placement placement() {
    return Placement.CHOSEN;
  }

  @Override
  public String purpose() {
    return "codebook";
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return IndexPart.isFlat(header, 8)
        && header.field(0) == manifest.dimension()
        && header.field(1) == code.bytes()
        && CodeNames.hasKind(code, header.fields(), 8)
        && header.payloadBytes() == code.codebookBytes(manifest.dimension());
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return FileHeader.BYTES + code.codebookBytes(vectors.dimension());
  }

  @Override
  public CodesFile.Codebook open(PartOpening opening) throws IOException {
    return CodesFile.openCodebook(
        opening.path(this),
        opening.indexId(),
        opening.manifest().dimension(),
        opening.manifest().metric(),
        code,
        opening.arena());
  }

  @Override
  public Reading reading() {
    return Reading.KEPT;
  }

  /// Keeps the trained code for the codes, which are compared with the vectors.
  @Override
  public PageComparison check(PartCheck check) throws IOException {
    FileHeader header = check.file().header();
    try {
      check
          .kept()
          .put(
              this,
              code.read(
                  check.manifest().dimension(),
                  header.field(NORMALIZE_FIELD) == 1,
                  check.payload().whole()));
    } catch (IllegalArgumentException e) {
      check.add(Kind.FORMAT, 0, "a codebook of " + code, String.valueOf(e.getMessage()));
    }
    return PageComparison.NONE;
  }

  // Codes are of unit vectors under the cosine, and only there.
  @Override
  public PartFacts facts(FileHeader header) {
    if (!IndexPart.isFlat(header, 8)) {
      return PartFacts.NONE;
    }
    return new PartFacts(
        0,
        header.field(0),
        PartFacts.UNKNOWN,
        header.field(NORMALIZE_FIELD) == 1 ? Metric.COSINE.code() : PartFacts.UNKNOWN,
        Map.of());
  }
}
