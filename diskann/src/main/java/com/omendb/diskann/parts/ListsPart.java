package com.omendb.diskann.parts;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.store.part.Placement;
import com.omendb.store.verify.Damage.Kind;
import java.io.IOException;
import java.util.List;

/// A graph of compressed lists, [NeighbourLists], that is made from the graph of the base layer.
public abstract class ListsPart implements GraphPart<NeighbourLists>, PartMaker {
  ListsPart() {}

  /// Vertices of the graph over an index of so many nodes in so many pages.
  abstract long vertexCount(long nodeCount, long pageCount);

  @Override
  public final String magic() {
    return NeighbourLists.MAGIC;
  }

  @Override
  public final int version() {
    return NeighbourLists.VERSION;
  }

  @Override
  public final Placement placement() {
    return Placement.CHOSEN;
  }

  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return IndexPart.isFlat(header, 3)
        && NeighbourLists.fits(header, vertexCount(manifest.count(), 0));
  }

  @Override
  public final NeighbourLists open(PartOpening opening) throws IOException {
    return NeighbourLists.read(
        opening.path(this),
        opening.indexId(),
        (int) vertexCount(opening.nodeCount(), opening.pageCount()),
        opening.arena());
  }

  @Override
  public final Reading reading() {
    return Reading.PASSING;
  }

  @Override
  public final PageComparison check(PartCheck check) throws IOException {
    long vertices = check.file().header().field(0);
    if (check.pageCount() >= 0
        && vertices != vertexCount(check.manifest().count(), check.pageCount())) {
      check
          .log()
          .add(name(), Kind.DISAGREEMENT, 0, "pages=" + check.pageCount(), "vertices=" + vertices);
      return PageComparison.NONE;
    }
    GraphFileCheck.run(check.file(), check.payload(), check.memory(), check.log());
    return PageComparison.NONE;
  }

  @Override
  public final List<GraphPart<?>> parts() {
    return List.of(this);
  }

  @Override
  public final boolean needsGraph() {
    return true;
  }
}
