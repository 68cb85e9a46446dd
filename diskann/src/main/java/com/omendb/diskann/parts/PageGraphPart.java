package com.omendb.diskann.parts;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.PageGraph;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.IndexPart;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Set;

/// The graph over pages, [PageGraph].
public final class PageGraphPart extends ListsPart {
  static final String FILE = "pages.graph";

  // `sift-photo-1m`: 42.8 bytes a page, of 100,000 of its vectors 32.7, less the look-up of 2.1.
  private static final EdgeBytes EDGES = new EdgeBytes(40.7, 3);

  private final DirectoryPart directory;

  /// @param directory says which nodes a page holds
  PageGraphPart(DirectoryPart directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return FILE;
  }

  @Override
  public String purpose() {
    return "page graph";
  }

  @Override
  public String phase() {
    return "page-graph";
  }

  @Override
  long vertexCount(long nodeCount, long pageCount) {
    return pageCount;
  }

  // The number of pages is known once they are open.
  @Override
  public boolean fits(FileHeader header, Manifest manifest) {
    return IndexPart.isFlat(header, 3)
        && header.field(0) >= 1
        && header.field(0) <= manifest.count()
        && NeighbourLists.fits(header, header.field(0));
  }

  @Override
  public long expectedBytes(VectorShape vectors, BuildOptions options) {
    return EdgeBytes.lists(
        PagesPart.expectedPageCount(vectors, options), EDGES.at(vectors.count()));
  }

  @Override
  public Map<String, String> make(Set<GraphPart<?>> wanted, PartInput input) throws IOException {
    try (Arena arena = input.arenas().get()) {
      PageDirectory pages = directory.written(input, arena);
      PageGraph.of(
              input.vectors(),
              input.options().metric(),
              input.laidOutGraph().graph(),
              input.order(),
              pages,
              input.options().threads(),
              input.progress(),
              arena)
          .write(input.file(this), input.indexId());
    }
    return Map.of();
  }
}
