package com.omendb.diskann.search;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.pagecache.PageCache;
import com.omendb.pagecache.PageFile;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// An index that was built, opened as far as the classes below [DiskAnnIndex] need it.
final class OpenBase implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Manifest manifest;
  private final PageFile pages;
  private final PageCache cache;
  private final BaseLayer layer;

  /// Opens an index with its smallest codes.
  ///
  /// @param maxPinned frames that all runners together may hold
  OpenBase(Path directory, Residency residency, int maxPinned) throws IOException {
    manifest = Manifest.read(directory);
    Path files = Publication.filesOf(directory, manifest.indexId());
    pages =
        PageFile.open(
            files.resolve(BasePageFormat.FILE),
            BasePageFormat.MAGIC,
            BasePageFormat.VERSION,
            BasePageFormat.VERSION,
            true);
    // So few frames that searches evict each other's pages.
    cache = new PageCache(pages, PageCache.smallestBytes(pages.pageBytes(), maxPinned), maxPinned);
    int nodeCount = (int) manifest.count();
    layer =
        new BaseLayer(
            pages.path(),
            BasePageFormat.header(pages, manifest),
            manifest.dimension(),
            manifest.elementType(),
            manifest.metric(),
            pages.pageBytes(),
            PageDirectory.map(
                files.resolve(PageDirectory.FILE),
                manifest.indexId(),
                nodeCount,
                pages.pageCount(),
                arena),
            CodesFile.map(
                files,
                manifest.indexId(),
                nodeCount,
                manifest.dimension(),
                manifest.metric(),
                CodeSizes.read(manifest, directory).getFirst(),
                arena),
            residency,
            switch (residency) {
              case PAGES, ALL, AUTO -> null;
              case GROUPS -> lists(files, GroupGraph.FILE, GroupGraph.groupCount(nodeCount));
              case GRAPH -> lists(files, ThinGraph.FILE, nodeCount);
            },
            cache);
  }

  private NeighbourLists lists(Path files, String name, int vertexCount) throws IOException {
    return NeighbourLists.map(files.resolve(name), manifest.indexId(), vertexCount, arena);
  }

  BaseLayer layer() {
    return layer;
  }

  PageCache cache() {
    return cache;
  }

  /// A runner that enters at the medoid.
  PagedRunner newRunner(int laneCount) {
    return new PagedRunner(layer, EntrySelector.fixed(layer.medoid()), laneCount);
  }

  @Override
  public void close() {
    cache.close();
    pages.close();
    arena.close();
  }
}
