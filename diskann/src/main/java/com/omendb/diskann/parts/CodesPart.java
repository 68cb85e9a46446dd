package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.format.CodesFile;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pq.VectorCode;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The codes of all nodes, of one kind and size, [CodesFile].
///
/// @param codebook what they refer to
public record CodesPart(CodebookPart codebook) implements CodedPart {
  @Override
  public String name() {
    return CodeNames.file("codes", code());
  }

  @Override
  public String magic() {
    return CodesFile.CODES_MAGIC;
  }

  @Override
  public String purpose() {
    return "codes";
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return holds(header, manifest.count());
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return fileBytes(vectors.count());
  }

  @Override
  public MemorySegment open(PartOpening opening) throws IOException {
    return CodesFile.openCodes(
        opening.path(this), opening.indexId(), opening.nodeCount(), code(), opening.arena());
  }

  @Override
  public Reading reading() {
    return Reading.WITH_PAGES;
  }

  @Override
  public PageComparison check(PartCheck check) {
    if (check.kept().get(codebook) instanceof VectorCode code) {
      return new CodeCheck(check.file(), code, check.log());
    }
    check
        .log()
        .note(
            "codes were not compared with vectors, because there is no usable codebook: " + name());
    return PageComparison.NONE;
  }

  @Override
  public PartFacts facts(FileHeader header) {
    return IndexPart.isFlat(header, 2) ? PartFacts.ofCount(header.field(0)) : PartFacts.NONE;
  }
}
