package com.omendb.diskann.search;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.parts.NeighbourLists;
import com.omendb.pagecache.MemoryBudget;
import com.omendb.pagecache.PageCache;
import com.omendb.pagecache.PageFile;
import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.OpenOptions;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.metrics.GuardedMetrics;
import com.omendb.store.metrics.Metrics;
import com.omendb.store.serving.CloseGuard;
import com.omendb.store.serving.Closing;
import com.omendb.store.serving.IndexGauges;
import com.omendb.store.serving.OpeningTasks;
import com.omendb.store.serving.OpeningTasks.Making;
import com.omendb.store.serving.QueryForm;
import com.omendb.store.serving.QueryRunner;
import com.omendb.store.serving.QueryVector;
import com.omendb.store.serving.SearchWatch;
import com.omendb.store.serving.SearcherPool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An open index whose base layer is a Vamana graph in SSD pages; where searches enter it is what
/// distinguishes the kinds of index that share this class.
///
/// Thread-safe.
public final class DiskAnnIndex implements AnnIndex {
  private final IndexInfo info;
  private final Arena arena;
  private final PageFile pages;
  private final @Nullable PageCache cache;
  private final SearcherPool searchers;
  private final SearchWatch watch;
  private final IndexGauges gauges;
  private final CloseGuard guard = new CloseGuard();
  private final Object closing = new Object();

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
      @Nullable PageCache cache,
      SearcherPool searchers,
      SearchWatch watch,
      IndexGauges gauges) {
    this.info = info;
    this.arena = arena;
    this.pages = pages;
    this.cache = cache;
    this.searchers = searchers;
    this.watch = watch;
    this.gauges = gauges;
    gauges.addSearches(searchers, guard);
  }

  /// Opens the index in a directory.
  ///
  /// @throws IOException if it is missing, damaged or of another version
  /// @throws com.omendb.errors.MemoryBudgetException if the budget is too small
  public static DiskAnnIndex open(Path directory, OpenOptions options, EntryOpener entryOpener)
      throws IOException {
    Manifest manifest = Manifest.read(directory);
    requireFiles(manifest, directory);
    Publication.checkLengths(directory, manifest);
    Path files = Publication.filesOf(directory, manifest.indexId());
    Arena arena = Arena.ofShared();
    PageFile pages = null;
    PageCache cache = null;
    Metrics metrics = GuardedMetrics.of(options.metrics());
    IndexGauges gauges = new IndexGauges(directory, metrics);
    try {
      pages =
          PageFile.open(
              files.resolve(BasePageFormat.FILE),
              BasePageFormat.MAGIC,
              BasePageFormat.VERSION,
              BasePageFormat.VERSION,
              options.directIo(),
              pageReader(options.readEngine()));
      BasePageFormat.Header header = BasePageFormat.header(pages, manifest);
      ServingPlan plan = ServingPlan.of(manifest, pages, options, directory);
      MemoryBudget budget = new MemoryBudget(options.memoryBudgetBytes());
      plan.reserve(budget);
      gauges.addMemory(budget);
      gauges.addFile(pages);
      Making<EntrySelector> entries =
          new Making<>(() -> entryOpener.open(files, manifest, (int) header.medoid(), arena));
      Parts parts = new Parts(files, manifest, pages, header, plan, arena);
      Supplier<QueryRunner> runners;
      if (plan.residency() == Residency.ALL) {
        runners = parts.residentRunners(entries);
      } else {
        cache = new PageCache(pages, plan.frameBytes(), plan.maxPinned());
        gauges.addCache(cache, pages.pageBytes());
        runners = parts.pagedRunners(entries, cache);
      }
      SearchWatch watch = SearchWatch.of(directory, metrics);
      return new DiskAnnIndex(
          describe(directory, manifest, pages, plan, budget),
          arena,
          pages,
          cache,
          new SearcherPool(options.maxSearchers(), runners, queryForm(manifest), watch),
          watch,
          gauges);
    } catch (IOException | RuntimeException | Error e) {
      try {
        closeAll(cache, pages, arena, gauges);
      } catch (RuntimeException | Error further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  private static QueryForm queryForm(Manifest manifest) {
    return new QueryForm(manifest.metric(), manifest.elementType(), manifest.dimension());
  }

  private static void requireFiles(Manifest manifest, Path directory) throws IOException {
    manifest.requireFiles(
        directory, BasePageFormat.FILE, PageDirectory.FILE, GroupGraph.FILE, ThinGraph.FILE);
    for (int size : CodeSizes.read(manifest, directory)) {
      manifest.requireFiles(directory, CodesFile.codesName(size), CodesFile.codebookName(size));
    }
  }

  // What page files call an engine; null leaves the choice to them.
  private static @Nullable String pageReader(ReadEngine engine) {
    return switch (engine) {
      case AUTO -> null;
      case IO_URING -> "io_uring";
      case DIRECT -> "pread";
      case MAPPED -> "mapped";
    };
  }

  private static IndexInfo describe(
      Path directory, Manifest manifest, PageFile pages, ServingPlan plan, MemoryBudget budget) {
    Map<String, String> settings = new TreeMap<>(manifest.settings());
    settings.put("pageBytes", String.valueOf(pages.pageBytes()));
    settings.put("pageCount", String.valueOf(pages.pageCount()));
    settings.put("pageReader", pages.engine());
    settings.put("directIo", String.valueOf(pages.direct()));
    settings.put("residency", plan.residency().label());
    settings.put("subspaceCount", String.valueOf(plan.subspaceCount()));
    settings.put("searchesSideBySide", String.valueOf(plan.laneCount()));
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
      return searchers.search(request);
    } finally {
      guard.leave();
    }
  }

  @Override
  public List<SearchResult> searchBatch(List<SearchRequest> batch) throws IOException {
    // The list is the caller's and may fail or change under way.
    List<SearchRequest> requests = List.copyOf(batch);
    guard.enter();
    try {
      QueryRunner runner = searchers.take();
      try {
        return searchBatch(runner, requests);
      } finally {
        searchers.giveBack(runner);
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
    // Who comes second returns when all is closed as well.
    synchronized (closing) {
      if (guard.close()) {
        closeAll(searchers, cache, pages, arena, gauges);
      }
    }
  }

  private List<SearchResult> searchBatch(QueryRunner runner, List<SearchRequest> requests)
      throws IOException {
    try {
      return runner.searchBatch(requests, watch);
    } catch (IllegalArgumentException e) {
      watch.refused(e);
      throw e;
    }
  }

  // Gauges come last, so that counters are those of the end.
  private static void closeAll(@Nullable AutoCloseable... parts) {
    Closing closing = new Closing();
    for (AutoCloseable part : parts) {
      if (part != null) {
        closing.close(part);
      }
    }
    closing.end();
  }

  /// A searcher of the pool in the hands of a user.
  private final class LentSearcher implements Searcher {
    private final QueryRunner runner;
    private boolean closed;

    LentSearcher(QueryRunner runner) {
      this.runner = runner;
    }

    @Override
    public SearchResult search(SearchRequest request) throws IOException {
      requireOpen();
      guard.enter();
      try {
        return runner.search(request, watch);
      } finally {
        guard.leave();
      }
    }

    @Override
    public List<SearchResult> searchBatch(List<SearchRequest> batch) throws IOException {
      requireOpen();
      List<SearchRequest> requests = List.copyOf(batch);
      guard.enter();
      try {
        return DiskAnnIndex.this.searchBatch(runner, requests);
      } finally {
        guard.leave();
      }
    }

    private void requireOpen() {
      if (closed) {
        throw new IllegalStateException("the searcher is closed");
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        searchers.giveBack(runner);
      }
    }
  }

  /// Opens the parts that searchers share.
  private record Parts(
      Path files,
      Manifest manifest,
      PageFile pages,
      BasePageFormat.Header header,
      ServingPlan plan,
      Arena arena) {

    Supplier<QueryRunner> residentRunners(Making<EntrySelector> entries) throws IOException {
      int vectorBytes = manifest.elementType().vectorBytes(manifest.dimension());
      Making<NeighbourLists> graph = new Making<>(this::thinGraph);
      Making<ResidentVectors> vectors =
          new Making<>(
              () ->
                  VectorLoader.load(
                      pages,
                      () -> BaseLayer.pageView(header, vectorBytes, pages.pageBytes()),
                      nodeCount(),
                      vectorBytes,
                      this::pageDirectory,
                      arena));
      OpeningTasks.run(List.of(vectors, graph, entries));
      ExactDistance distance =
          new ExactDistance(manifest.metric(), manifest.elementType(), manifest.dimension());
      return () ->
          new ResidentRunner(
              vectors.get(),
              graph.get(),
              (int) header.medoid(),
              entries.get(),
              distance,
              scratch -> new QueryVector(queryForm(manifest), scratch));
    }

    Supplier<QueryRunner> pagedRunners(Making<EntrySelector> entries, PageCache cache)
        throws IOException {
      Making<Optional<NeighbourLists>> graph = new Making<>(this::graph);
      Making<CodesFile> codes = new Making<>(this::codes);
      Making<PageDirectory> directory = new Making<>(() -> pageDirectory(arena));
      OpeningTasks.run(List.of(graph, entries, codes, directory));
      BaseLayer base =
          new BaseLayer(
              pages.path(),
              header,
              manifest.dimension(),
              manifest.elementType(),
              manifest.metric(),
              pages.pageBytes(),
              directory.get(),
              codes.get(),
              plan.residency(),
              graph.get().orElse(null),
              cache);
      return () -> new PagedRunner(base, entries.get(), plan.laneCount());
    }

    private CodesFile codes() throws IOException {
      return CodesFile.map(
          files,
          manifest.indexId(),
          nodeCount(),
          manifest.dimension(),
          manifest.metric(),
          plan.subspaceCount(),
          arena);
    }

    private Optional<NeighbourLists> graph() throws IOException {
      return switch (plan.residency()) {
        case PAGES, ALL, AUTO -> Optional.empty();
        case GROUPS ->
            Optional.of(
                NeighbourLists.map(
                    files.resolve(GroupGraph.FILE),
                    manifest.indexId(),
                    GroupGraph.groupCount(nodeCount()),
                    arena));
        case GRAPH -> Optional.of(thinGraph());
      };
    }

    private NeighbourLists thinGraph() throws IOException {
      return NeighbourLists.map(
          files.resolve(ThinGraph.FILE), manifest.indexId(), nodeCount(), arena);
    }

    private PageDirectory pageDirectory(Arena owner) throws IOException {
      return PageDirectory.map(
          files.resolve(PageDirectory.FILE),
          manifest.indexId(),
          nodeCount(),
          pages.pageCount(),
          owner);
    }

    private int nodeCount() {
      return (int) header.nodeCount();
    }
  }
}
