package com.omendb.diskann.search;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.format.Publication;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.MemoryBudget;
import com.omendb.pagecache.PageCache;
import com.omendb.pagecache.PageFile;
import com.omendb.vectors.AnnIndex;
import com.omendb.vectors.IndexInfo;
import com.omendb.vectors.OpenOptions;
import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.SearchResult;
import com.omendb.vectors.Searcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An open index whose base layer is a Vamana graph in SSD pages; where searches enter it is what
/// distinguishes the kinds of index that share this class.
///
/// Thread-safe.
public final class DiskAnnIndex implements AnnIndex {
  private final IndexInfo info;
  private final Arena arena;
  private final PageFile pages;
  private final BaseLayer base;
  private final SearcherPool searchers;
  private final CloseGuard guard = new CloseGuard();

  /// Opens the structure through which searches enter the base layer.
  public interface EntryOpener {
    /// Called once while the index is opened.
    ///
    /// @param files where the index's files lie
    /// @param manifest what the index is
    /// @param medoid the node from which all others can be reached
    /// @param arena lives as long as the index
    EntrySelector open(Path files, Manifest manifest, int medoid, Arena arena) throws IOException;
  }

  private DiskAnnIndex(
      IndexInfo info,
      Arena arena,
      PageFile pages,
      BaseLayer base,
      EntrySelector entrySelector,
      int maxSearchers) {
    this.info = info;
    this.arena = arena;
    this.pages = pages;
    this.base = base;
    this.searchers = new SearcherPool(maxSearchers, () -> new BeamSearch(base, entrySelector));
  }

  /// Opens the index in a directory.
  ///
  /// @throws IOException if it is missing, damaged or of another version
  /// @throws com.omendb.pagecache.MemoryBudgetException if the budget is too small
  public static DiskAnnIndex open(Path directory, OpenOptions options, EntryOpener entryOpener)
      throws IOException {
    Manifest manifest = Manifest.read(directory);
    Publication.checkLengths(directory, manifest);
    Path files = Publication.filesOf(directory, manifest.indexId());
    Arena arena = Arena.ofShared();
    PageFile pages = null;
    PageCache cache = null;
    try {
      pages =
          PageFile.open(
              files.resolve(BasePageFormat.FILE),
              BasePageFormat.MAGIC,
              BasePageFormat.VERSION,
              BasePageFormat.VERSION,
              options.directIo());
      BaseHeader header = BaseHeader.read(pages, manifest);
      int subspaceCount = manifest.intSetting("subspaceCount", directory);
      MemoryPlan plan = MemoryPlan.of(manifest, pages, subspaceCount, options);
      MemoryBudget budget = new MemoryBudget(options.memoryBudgetBytes());
      plan.reserve(budget);
      cache = new PageCache(pages, plan.frameBytes(), plan.maxPinned());
      BaseLayer base =
          new BaseLayer(
              pages.path(),
              header.nodeCount(),
              manifest.dimension(),
              manifest.elementType(),
              manifest.metric(),
              pages.pageBytes(),
              header.largestDegree(),
              header.medoid(),
              PageDirectory.map(
                  files.resolve(PageDirectory.FILE),
                  manifest.indexId(),
                  header.nodeCount(),
                  pages.pageCount(),
                  arena),
              CodesFile.map(
                  files, manifest.indexId(), header.nodeCount(), manifest.dimension(), arena),
              cache);
      EntrySelector entries = entryOpener.open(files, manifest, header.medoid(), arena);
      return new DiskAnnIndex(
          describe(directory, manifest, pages, budget),
          arena,
          pages,
          base,
          entries,
          options.maxSearchers());
    } catch (IOException | RuntimeException | Error e) {
      closeAll(cache, pages, arena);
      throw e;
    }
  }

  private static IndexInfo describe(
      Path directory, Manifest manifest, PageFile pages, MemoryBudget budget) {
    Map<String, String> settings = new TreeMap<>(manifest.settings());
    settings.put("pageBytes", String.valueOf(pages.pageBytes()));
    settings.put("pageCount", String.valueOf(pages.pageCount()));
    settings.put("pageReader", pages.engine());
    settings.put("directIo", String.valueOf(pages.direct()));
    long indexBytes = manifest.encode().length;
    for (Manifest.FileEntry file : manifest.files().values()) {
      indexBytes += file.length();
    }
    return new IndexInfo(
        directory,
        manifest.kind(),
        Manifest.FORMAT_VERSION,
        manifest.count(),
        manifest.dimension(),
        manifest.elementType(),
        manifest.metric(),
        indexBytes,
        budget.totalBytes(),
        Collections.unmodifiableMap(budget.reservedByPurpose()),
        Collections.unmodifiableMap(settings));
  }

  @Override
  public IndexInfo info() {
    return info;
  }

  @Override
  public SearchResult search(SearchRequest request) throws IOException {
    guard.enter();
    try {
      BeamSearch searcher = searchers.take();
      try {
        return searcher.search(request);
      } finally {
        searchers.giveBack(searcher);
      }
    } finally {
      guard.leave();
    }
  }

  @Override
  public Searcher newSearcher() {
    guard.enter();
    try {
      return new LentSearcher(searchers.takeNow());
    } finally {
      guard.leave();
    }
  }

  @Override
  public void close() {
    searchers.refuseWaiters();
    if (guard.close()) {
      searchers.close();
      closeAll(base.cache(), pages, arena);
    }
  }

  private static void closeAll(@Nullable PageCache cache, @Nullable PageFile pages, Arena arena) {
    if (cache != null) {
      cache.close();
    }
    if (pages != null) {
      pages.close();
    }
    arena.close();
  }

  /// A searcher of the pool in the hands of a user.
  private final class LentSearcher implements Searcher {
    private final BeamSearch searcher;
    private boolean closed;

    LentSearcher(BeamSearch searcher) {
      this.searcher = searcher;
    }

    @Override
    public SearchResult search(SearchRequest request) throws IOException {
      if (closed) {
        throw new IllegalStateException("the searcher is closed");
      }
      guard.enter();
      try {
        return searcher.search(request);
      } finally {
        guard.leave();
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        searchers.giveBack(searcher);
      }
    }
  }

  /// The header of the base pages, checked against the manifest.
  private record BaseHeader(int nodeCount, int largestDegree, int medoid) {
    static BaseHeader read(PageFile pages, Manifest manifest) throws CorruptFileException {
      BasePageFormat.Header header = BasePageFormat.header(pages, manifest.indexId());
      boolean matches =
          header.nodeCount() == manifest.count()
              && header.nodeCount() <= Integer.MAX_VALUE
              && header.dimension() == manifest.dimension()
              && header.elementTypeCode() == manifest.elementType().code()
              && header.metricCode() == manifest.metric().code()
              && header.medoid() >= 0
              && header.medoid() < header.nodeCount();
      if (!matches) {
        throw new CorruptFileException(
            "base layer does not match the manifest",
            pages.path(),
            0,
            "count=" + manifest.count() + ", dimension=" + manifest.dimension(),
            header.toString());
      }
      return new BaseHeader(
          (int) header.nodeCount(), (int) header.largestDegree(), (int) header.medoid());
    }
  }
}
