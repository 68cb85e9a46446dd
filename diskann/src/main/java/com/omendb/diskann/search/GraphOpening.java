package com.omendb.diskann.search;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.parts.CodesPart;
import com.omendb.diskann.parts.KindParts;
import com.omendb.diskann.parts.OpenParts;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.parts.PartOpening;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.memory.MemoryBudget;
import com.omendb.pagecache.read.PageFile;
import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.OpenOptions;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.directory.Settings;
import com.omendb.store.metrics.GuardedMetrics;
import com.omendb.store.metrics.Metrics;
import com.omendb.store.serving.Closing;
import com.omendb.store.serving.IndexGauges;
import com.omendb.store.serving.OpeningTasks;
import com.omendb.store.serving.OpeningTasks.Making;
import com.omendb.store.serving.PagedRunner;
import com.omendb.store.serving.QueryForm;
import com.omendb.store.serving.QueryRunner;
import com.omendb.store.serving.QueryVector;
import com.omendb.store.serving.SearchWatch;
import com.omendb.store.serving.SearcherPool;
import com.omendb.store.serving.ServedIndex;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens an index whose base layer is a Vamana graph in SSD pages; where searches enter it is what
/// distinguishes the kinds of index that share this class.
public final class GraphOpening {
  private GraphOpening() {}

  /// Finds the structure through which searches enter the base layer.
  public interface Entry {
    /// Called once the parts of the index are open.
    ///
    /// @param open the parts that lie in memory
    /// @param medoid the node from which all others can be reached
    EntrySelector of(OpenParts open, int medoid);
  }

  /// Opens the index in a directory.
  ///
  /// @throws IOException if it is missing, damaged or of another version
  /// @throws com.omendb.errors.MemoryBudgetException if the budget is too small
  ///
  /// @param kindOfParts what an index of the kind consists of, by its codes
  public static AnnIndex open(
      Path directory, OpenOptions options, KindParts kindOfParts, Entry entry) throws IOException {
    Manifest manifest = Manifest.read(directory);
    PartList parts = kindOfParts.ofManifest(manifest, directory);
    parts.require(manifest, directory);
    Publication.checkLengths(directory, manifest);
    Metrics metrics = GuardedMetrics.of(options.metrics());
    IndexGauges gauges = new IndexGauges(directory, metrics);
    Deque<AutoCloseable> resources = new ArrayDeque<>();
    try {
      Arena arena = Arena.ofShared();
      resources.push(arena);
      PageFile pages =
          PageFile.open(
              Publication.filesOf(directory, manifest.indexId()).resolve(parts.pages().name()),
              parts.pages().magic(),
              parts.pages().oldestVersion(),
              parts.pages().version(),
              options.tuning().directIo(),
              options.tuning().readEngine().map(ReadEngine::label).orElse(null));
      resources.push(pages);
      BasePageFormat.Header header = BasePageFormat.header(pages, manifest);
      ServingPlan plan =
          ServingPlan.of(parts, manifest, pages.pageBytes(), pages.pageCount(), options);
      MemoryBudget budget = new MemoryBudget(options.memoryBudgetBytes());
      plan.reserve(budget);
      gauges.addMemory(budget);
      gauges.addFile(pages);
      PartOpening opening =
          new PartOpening(
              Publication.filesOf(directory, manifest.indexId()),
              manifest,
              pages.pageCount(),
              null,
              arena);
      Runners runners = new Runners(parts, pages, header, plan, opening, entry);
      Supplier<QueryRunner> factory;
      if (plan.residency() == Residency.ALL) {
        factory = runners.resident();
      } else {
        PageCache cache = new PageCache(pages, plan.frameBytes(), plan.maxPinned());
        resources.push(cache);
        gauges.addCache(cache, pages.pageBytes());
        factory = runners.paged(cache);
      }
      SearchWatch watch = SearchWatch.of(directory, metrics);
      return new ServedIndex(
          describe(directory, manifest, pages, plan, budget),
          new SearcherPool(options.maxSearchers(), factory, queryForm(manifest), watch),
          watch,
          gauges,
          List.copyOf(resources));
    } catch (IOException | RuntimeException | Error e) {
      try {
        Closing closing = new Closing();
        resources.forEach(closing::close);
        closing.close(gauges);
        closing.end();
      } catch (RuntimeException | Error further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  private static QueryForm queryForm(Manifest manifest) {
    return new QueryForm(manifest.space());
  }

  private static IndexInfo describe(
      Path directory, Manifest manifest, PageFile pages, ServingPlan plan, MemoryBudget budget) {
    Map<String, String> settings = new TreeMap<>(manifest.settings());
    settings.put(Settings.PAGE_BYTES, String.valueOf(pages.pageBytes()));
    settings.put(Settings.PAGE_COUNT, String.valueOf(pages.pageCount()));
    settings.put(Settings.PAGE_READER, pages.engine());
    settings.put(Settings.DIRECT_IO, String.valueOf(pages.direct()));
    settings.put(Settings.RESIDENCY, plan.residency().label());
    plan.code().ifPresent(code -> settings.put("code", code.text()));
    settings.put("searchesSideBySide", String.valueOf(plan.laneCount()));
    long indexBytes = manifest.encode().length;
    for (Manifest.FileEntry file : manifest.files().values()) {
      indexBytes += file.length();
    }
    return IndexInfo.builder(
            directory,
            manifest.kind(),
            new VectorShape(manifest.count(), manifest.dimension(), manifest.elementType()),
            manifest.metric())
        .files(manifest.formatVersion(), indexBytes)
        .memory(budget.totalBytes(), budget.reservedByPurpose())
        .settings(settings)
        .build();
  }

  /// Opens the parts that searchers share, and says how searchers are made over them.
  private record Runners(
      PartList parts,
      PageFile pages,
      BasePageFormat.Header header,
      ServingPlan plan,
      PartOpening opening,
      Entry entry) {

    Supplier<QueryRunner> resident() throws IOException {
      Manifest manifest = opening.manifest();
      int vectorBytes = manifest.elementType().vectorBytes(manifest.dimension());
      OpenParts open = new OpenParts(plan.inMemory(), opening);
      Making<ResidentVectors> vectors =
          new Making<>(
              () ->
                  VectorLoader.load(
                      pages,
                      () -> BaseLayer.pageView(header, vectorBytes, pages.pageBytes()),
                      opening.nodeCount(),
                      vectorBytes,
                      own -> parts.directory().open(opening.withArena(own)),
                      opening.arena()));
      List<OpeningTasks.Task> tasks = new ArrayList<>();
      tasks.add(vectors);
      tasks.addAll(open.tasks());
      OpeningTasks.run(tasks);
      EntrySelector entries = entry.of(open, (int) header.medoid());
      ExactDistance distance = new ExactDistance(manifest.space());
      return () ->
          new ResidentRunner(
              vectors.get(),
              open.get(parts.thinGraph()),
              (int) header.medoid(),
              entries,
              distance,
              scratch -> new QueryVector(queryForm(manifest), scratch));
    }

    Supplier<QueryRunner> paged(PageCache cache) throws IOException {
      Manifest manifest = opening.manifest();
      OpenParts open = new OpenParts(plan.inMemory(), opening);
      OpeningTasks.run(open.tasks());
      BaseLayer base =
          new BaseLayer(
              pages.path(),
              header,
              manifest.space(),
              pages.pageBytes(),
              open.get(parts.directory()),
              codes(open),
              plan.residency(),
              parts.leading(plan.residency()).map(open::get).orElse(null),
              means(open),
              cache);
      EntrySelector entries = entry.of(open, (int) header.medoid());
      return () ->
          new PagedRunner(
              arena -> new PagedQuery(base, entries, arena),
              base.queryForm(),
              cache,
              plan.laneCount());
    }

    private @Nullable MemorySegment means(OpenParts open) {
      CodesPart codes = plan.codes();
      return codes == null || plan.residency() != Residency.GROUPS
          ? null
          : parts.means(codes).map(open::get).orElse(null);
    }

    private CodesFile codes(OpenParts open) {
      CodesPart codes = plan.codes();
      if (codes == null) {
        throw new IllegalStateException("planned without codes: residency=" + plan.residency());
      }
      CodesFile.Codebook codebook = open.get(codes.codebook());
      return new CodesFile(codebook.code(), open.get(codes), codebook.error());
    }
  }
}
