package com.omendb.diskann.parts;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.format.CodesFile;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The codes of the means of all pages, of one kind and size, in the form of [CodesFile].
///
/// @param codebook what they refer to
public record MeansPart(CodebookPart codebook) implements CodedPart {
  @Override
  public String name() {
    return CodeNames.file("means", code());
  }

  @Override
  public String magic() {
    return CodesFile.MEANS_MAGIC;
  }

  @Override
  public String purpose() {
    return "codes of page means";
  }

  // The number of pages is known once they are open.
  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    long pages = IndexPart.isFlat(header, 2) ? header.field(0) : 0;
    return pages >= 1 && pages <= manifest.count() && holds(header, pages);
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return fileBytes(PagesPart.expectedPageCount(vectors, options));
  }

  @Override
  public MemorySegment open(PartOpening opening) throws IOException {
    return CodesFile.openMeans(
        opening.path(this), opening.indexId(), opening.pageCount(), code(), opening.arena());
  }

  @Override
  public Reading reading() {
    return Reading.PASSING;
  }

  // Any codes are codes of some means: what is whole and of as many pages can be used.
  @Override
  public PageComparison check(PartCheck check) {
    long codes = check.file().header().field(0);
    if (check.pageCount() >= 0 && codes != check.pageCount()) {
      check.log().add(name(), Kind.DISAGREEMENT, 0, "pages=" + check.pageCount(), "codes=" + codes);
    }
    return PageComparison.NONE;
  }
}
