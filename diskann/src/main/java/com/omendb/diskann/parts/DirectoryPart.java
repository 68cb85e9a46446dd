package com.omendb.diskann.parts;

import com.omendb.diskann.format.PageDirectory;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.store.part.Placement;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// The directory of the pages, [PageDirectory].
public final class DirectoryPart implements GraphPart<PageDirectory> {
  DirectoryPart() {}

  @Override
  public String name() {
    return PageDirectory.FILE;
  }

  @Override
  public String magic() {
    return PageDirectory.MAGIC;
  }

  @Override
  public int version() {
    return PageDirectory.VERSION;
  }

  @Override
  public Placement placement() {
    return Placement.CHOSEN;
  }

  @Override
  public String purpose() {
    return "page directory";
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return IndexPart.isFlat(header, 2)
        && header.field(0) == manifest.count()
        && header.payloadBytes() == PageDirectory.bytes(manifest.count());
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return FileHeader.BYTES + PageDirectory.bytes(vectors.count());
  }

  @Override
  public PageDirectory open(PartOpening opening) throws IOException {
    PageDirectory directory =
        PageDirectory.read(
            opening.path(this),
            opening.indexId(),
            opening.nodeCount(),
            opening.pageCount(),
            opening.arena());
    BitSet firstNodes = opening.firstNodes();
    if (firstNodes != null) {
      requirePages(directory, firstNodes, opening);
    }
    return directory;
  }

  /// The directory of an index that is being made, whose pages are written.
  PageDirectory written(PartInput input, Arena arena) throws IOException {
    return PageDirectory.written(
        input.file(this).path(), input.indexId(), (int) input.vectors().count(), arena);
  }

  // A directory may be whole and of other pages.
  private void requirePages(PageDirectory directory, BitSet firstNodes, PartOpening opening)
      throws CorruptFileException {
    int page = 0;
    for (int node = firstNodes.nextSetBit(0); node >= 0; node = firstNodes.nextSetBit(node + 1)) {
      if (directory.page(node) != page) {
        throw new CorruptFileException(
            "page directory does not match the pages",
            opening.path(this),
            0,
            "node " + node + " in page " + page,
            "in page " + directory.page(node));
      }
      page++;
    }
  }

  @Override
  public Reading reading() {
    return Reading.KEPT;
  }

  @Override
  public PageComparison check(PartCheck check) throws IOException {
    if (check.pageCount() < 0) {
      return PageComparison.NONE;
    }
    FileHeader header = check.file().header();
    if (header.field(1) != check.pageCount()) {
      check
          .log()
          .add(
              name(),
              Kind.DISAGREEMENT,
              0,
              "pages=" + check.pageCount(),
              "pages=" + header.field(1));
      return PageComparison.NONE;
    }
    try {
      MemorySegment payload = check.payload().whole();
      return comparison(
          PageDirectory.over(
              check.file().scan().path(),
              (int) check.manifest().count(),
              check.pageCount(),
              payload),
          check);
    } catch (CorruptFileException e) {
      check.add(Kind.DISAGREEMENT, 0, e.expected(), e.actual());
      return PageComparison.NONE;
    }
  }

  private PageComparison comparison(PageDirectory directory, PartCheck check) {
    return new PageComparison() {
      @Override
      public void nodes(int page, int firstNode, int end) {
        if (!directory.holds(page, firstNode, end - firstNode)) {
          check
              .log()
              .add(
                  new Damage(
                      name(),
                      Kind.DISAGREEMENT,
                      page,
                      FileHeader.BYTES + PageDirectory.entryOffset(firstNode),
                      "page " + page + " for nodes " + firstNode + " to " + (end - 1),
                      "pages " + directory.page(firstNode) + " to " + directory.page(end - 1)));
        }
      }
    };
  }

  @Override
  public PartFacts facts(FileHeader header) {
    return IndexPart.isFlat(header, 2) ? PartFacts.ofCount(header.field(0)) : PartFacts.NONE;
  }
}
