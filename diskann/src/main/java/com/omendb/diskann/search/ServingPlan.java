package com.omendb.diskann.search;

import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.MemoryBudget;
import com.omendb.pagecache.PageCache;
import com.omendb.pagecache.PageFile;
import com.omendb.pq.DistanceTable;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides what of an index lies in memory under a budget, and splits the budget: what always lies
/// there, scratch for every searcher, and page frames with all that is left.
///
/// What saves most reads for its bytes goes first: all vectors if they fit; else the thin graph
/// with the largest codes; else the graph of groups with the largest codes that fit; else codes
/// alone.
///
/// @param residency how much of the graph is in memory
/// @param subspaceCount bytes a code; 0 for [Residency#ALL], which needs none
/// @param laneCount searches that a searcher runs side by side
/// @param fixedBytes bytes by purpose of everything but the frames, in a stable order
/// @param frameBytes bytes of page frames
/// @param frameOverheadBytes what the page cache needs to keep track of pages and frames
/// @param maxPinned frames that all searchers together may hold
public record ServingPlan(
    Residency residency,
    int subspaceCount,
    int laneCount,
    Map<String, Long> fixedBytes,
    long frameBytes,
    long frameOverheadBytes,
    int maxPinned) {

  // More lanes than this give a device nothing more to do; fewer, where memory is short.
  private static final int[] LANE_COUNTS = {8, 4, 2, 1};

  private static final long RESIDENT_SEARCHER_BYTES = 256 << 10;

  /// Plans the budget of `options` for an index.
  ///
  /// @throws MemoryBudgetException if it is too small, with the smallest that works
  /// @throws CorruptFileException if the manifest does not say which codes there are
  static ServingPlan of(Manifest manifest, PageFile pages, OpenOptions options, Path directory)
      throws CorruptFileException {
    return of(manifest, pages.pageBytes(), pages.pageCount(), options, directory);
  }

  /// The same for an index of which only the manifest is known.
  ///
  /// @param pageBytes bytes of a page of the base layer
  /// @param pageCount pages of it
  public static ServingPlan of(
      Manifest manifest, int pageBytes, long pageCount, OpenOptions options, Path directory)
      throws CorruptFileException {
    Planner planner = new Planner(manifest, pageBytes, pageCount, options);
    List<Integer> sizes = CodeSizes.read(manifest, directory).reversed();
    ServingPlan plan = planner.resident();
    if (plan == null) {
      plan = planner.paged(Residency.GRAPH, sizes.getFirst());
    }
    for (Residency residency : new Residency[] {Residency.GROUPS, Residency.PAGES}) {
      for (int size : sizes) {
        plan = plan == null ? planner.paged(residency, size) : plan;
      }
    }
    if (plan == null) {
      throw new MemoryBudgetException(
          "the memory budget is too small to open " + manifest.kind() + " index",
          planner.smallest(),
          options.memoryBudgetBytes());
    }
    return plan;
  }

  /// Bytes by purpose of everything, frames included, in a stable order.
  public Map<String, Long> bytesByPurpose() {
    Map<String, Long> bytes = new LinkedHashMap<>(fixedBytes);
    if (frameBytes > 0) {
      bytes.put("page frames", frameBytes);
      bytes.put("page table", frameOverheadBytes);
    }
    return bytes;
  }

  /// Reserves everything from the budget, which never fails for the budget that was planned.
  void reserve(MemoryBudget budget) {
    bytesByPurpose().forEach(budget::reserve);
  }

  /// Tries one plan after another.
  private static final class Planner {
    private final Manifest manifest;
    private final int pageBytes;
    private final long pageCount;
    private final OpenOptions options;
    private long smallest = Long.MAX_VALUE;

    Planner(Manifest manifest, int pageBytes, long pageCount, OpenOptions options) {
      this.manifest = manifest;
      this.pageBytes = pageBytes;
      this.pageCount = pageCount;
      this.options = options;
    }

    /// The smallest budget of the plans that did not fit.
    long smallest() {
      return smallest;
    }

    private boolean mayBe(Residency residency) {
      return options.residency() == Residency.AUTO || options.residency() == residency;
    }

    @Nullable ServingPlan resident() {
      if (!mayBe(Residency.ALL)) {
        return null;
      }
      Map<String, Long> fixed = new LinkedHashMap<>();
      fixed.put(
          "vectors", manifest.count() * manifest.elementType().vectorBytes(manifest.dimension()));
      fixed.put("vector ids", manifest.count() * Long.BYTES);
      putFile(fixed, ThinGraph.FILE, "thin graph");
      putEntryFiles(fixed);
      fixed.put("searchers", options.maxSearchers() * RESIDENT_SEARCHER_BYTES);
      return fits(total(fixed)) ? new ServingPlan(Residency.ALL, 0, 1, fixed, 0, 0, 0) : null;
    }

    @Nullable ServingPlan paged(Residency residency, int subspaceCount) {
      if (!mayBe(residency)) {
        return null;
      }
      for (int laneCount : LANE_COUNTS) {
        ServingPlan plan = paged(residency, subspaceCount, laneCount);
        if (plan != null) {
          return plan;
        }
      }
      return null;
    }

    private @Nullable ServingPlan paged(Residency residency, int subspaceCount, int laneCount) {
      Map<String, Long> fixed = new LinkedHashMap<>();
      putFile(fixed, CodesFile.codesName(subspaceCount), "codes");
      putFile(fixed, CodesFile.codebookName(subspaceCount), "codebook");
      putFile(fixed, PageDirectory.FILE, "page directory");
      switch (residency) {
        case GRAPH -> putFile(fixed, ThinGraph.FILE, "thin graph");
        case GROUPS -> putFile(fixed, GroupGraph.FILE, "group graph");
        case PAGES, ALL, AUTO -> {}
      }
      putEntryFiles(fixed);
      fixed.put(
          "searchers",
          options.maxSearchers()
              * PagedRunner.bytes(
                  laneCount, DistanceTable.bytes(subspaceCount, manifest.dimension())));
      int maxPinned =
          Math.multiplyExact(options.maxSearchers(), PagedRunner.ticketCount(laneCount));
      long fixedTotal = total(fixed);
      long smallestFrames = PageCache.smallestBytes(pageBytes, maxPinned);
      if (!fits(fixedTotal + smallestFrames + overhead(smallestFrames))) {
        return null;
      }
      long frameBytes =
          fitFrames(options.memoryBudgetBytes() - fixedTotal, smallestFrames, maxPinned);
      return new ServingPlan(
          residency, subspaceCount, laneCount, fixed, frameBytes, overhead(frameBytes), maxPinned);
    }

    private boolean fits(long bytes) {
      smallest = Math.min(smallest, bytes);
      return bytes <= options.memoryBudgetBytes();
    }

    private void putFile(Map<String, Long> fixed, String file, String purpose) {
      Manifest.FileEntry entry = manifest.files().get(file);
      fixed.put(purpose, entry == null ? 0 : entry.length());
    }

    // Whatever else the kind of index keeps is mapped and stays.
    private void putEntryFiles(Map<String, Long> fixed) {
      manifest
          .files()
          .forEach(
              (name, file) -> {
                if (!name.equals(BasePageFormat.FILE)
                    && !name.equals(PageDirectory.FILE)
                    && !name.equals(ThinGraph.FILE)
                    && !name.equals(GroupGraph.FILE)
                    && !CodesFile.isName(name)) {
                  fixed.put(name, file.length());
                }
              });
    }

    // As many frames as fit with their overhead, at most one a page beside those that are pinned.
    private long fitFrames(long available, long smallestFrames, int maxPinned) {
      long wanted = (pageCount + maxPinned) * pageBytes;
      long frames = Math.min(wanted, available);
      frames = Math.max(smallestFrames, Math.min(frames, available - overhead(frames)));
      return frames / pageBytes * pageBytes;
    }

    private long overhead(long frameBytes) {
      return PageCache.overheadBytes(pageCount, Math.toIntExact(frameBytes / pageBytes));
    }

    private static long total(Map<String, Long> bytes) {
      return bytes.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
