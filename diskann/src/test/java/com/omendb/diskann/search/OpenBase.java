package com.omendb.diskann.search;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.parts.CodesPart;
import com.omendb.diskann.parts.ListsPart;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.parts.PartOpening;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.read.PageFile;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.serving.PagedRunner;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// An index that was built, opened as far as the classes below [GraphOpening] need it.
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
    PartList parts = Fixtures.PARTS.ofManifest(manifest, directory);
    PartOpening opening = new PartOpening(files, manifest, pages.pageCount(), null, arena);
    CodesPart codes = parts.codes().getFirst();
    CodesFile.Codebook codebook = codes.codebook().open(opening);
    Optional<ListsPart> graph = parts.leading(residency);
    layer =
        new BaseLayer(
            pages.path(),
            BasePageFormat.header(pages, manifest),
            manifest.space(),
            pages.pageBytes(),
            parts.directory().open(opening),
            new CodesFile(codebook.code(), codes.open(opening), codebook.error()),
            residency,
            graph.isPresent() ? graph.get().open(opening) : null,
            residency == Residency.GROUPS && parts.means(codes).isPresent()
                ? parts.means(codes).get().open(opening)
                : null,
            cache);
  }

  BaseLayer layer() {
    return layer;
  }

  PageCache cache() {
    return cache;
  }

  /// A runner that enters at the medoid.
  PagedRunner newRunner(int laneCount) {
    return new PagedRunner(
        arena -> new PagedQuery(layer, EntrySelector.fixed(layer.medoid()), arena),
        layer.queryForm(),
        cache,
        laneCount);
  }

  @Override
  public void close() {
    cache.close();
    pages.close();
    arena.close();
  }
}
