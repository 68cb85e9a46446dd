package com.omendb.diskann.search;

import com.omendb.diskann.parts.CodesPart;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartList;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.memory.MemoryBudget;
import com.omendb.pq.CodeSpec;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.Placement;
import com.omendb.store.serving.PagedRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides what of an index lies in memory under a budget, and splits the budget: what always lies
/// there, scratch for every searcher, and page frames with all that is left.
///
/// What saves most reads for its bytes goes first: all vectors if they fit; else the thin graph
/// with the largest codes; else the graph of groups with the largest codes that fit; else codes
/// alone.
///
/// @param residency how much of the graph is in memory
/// @param inMemory the parts that lie in memory as they are
/// @param codes those of them that estimates are made from; null for [Residency#ALL], which needs
///   none
/// @param laneCount searches that a searcher runs side by side
/// @param fixedBytes bytes by purpose of everything but the frames, in a stable order
/// @param frameBytes bytes of page frames
/// @param frameOverheadBytes what the page cache needs to keep track of pages and frames
/// @param maxPinned frames that all searchers together may hold
public record ServingPlan(
    Residency residency,
    List<GraphPart<?>> inMemory,
    @Nullable CodesPart codes,
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
  /// @param parts what it consists of
  /// @param pageBytes bytes of a page of the base layer
  /// @param pageCount pages of it
  /// @throws MemoryBudgetException if it is too small, with the smallest that works
  public static ServingPlan of(
      PartList parts, Manifest manifest, int pageBytes, long pageCount, OpenOptions options) {
    Planner planner = new Planner(parts, manifest, pageBytes, pageCount, options);
    List<CodesPart> codes = parts.codes().reversed();
    ServingPlan plan = planner.resident();
    if (plan == null) {
      plan = planner.paged(Residency.GRAPH, codes.getFirst());
    }
    for (Residency residency : new Residency[] {Residency.GROUPS, Residency.PAGES}) {
      for (CodesPart code : codes) {
        plan = plan == null ? planner.paged(residency, code) : plan;
      }
    }
    if (plan == null) {
      throw new MemoryBudgetException(
          "the memory budget is too small to open "
              + manifest.kind()
              + " index with codes="
              + codes.getLast().code()
              + " (a build can make smaller ones)",
          planner.smallest(),
          options.memoryBudgetBytes());
    }
    return plan;
  }

  /// The code in memory; none for [Residency#ALL].
  public Optional<CodeSpec> code() {
    return Optional.ofNullable(codes).map(CodesPart::code);
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
    private final PartList parts;
    private final Manifest manifest;
    private final int pageBytes;
    private final long pageCount;
    private final OpenOptions options;
    private long smallest = Long.MAX_VALUE;

    Planner(PartList parts, Manifest manifest, int pageBytes, long pageCount, OpenOptions options) {
      this.parts = parts;
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
      return options.tuning().residency().orElse(residency) == residency;
    }

    @Nullable ServingPlan resident() {
      if (!mayBe(Residency.ALL)) {
        return null;
      }
      Map<String, Long> fixed = new LinkedHashMap<>();
      fixed.put(
          "vectors", manifest.count() * manifest.elementType().vectorBytes(manifest.dimension()));
      fixed.put("vector ids", manifest.count() * Long.BYTES);
      List<GraphPart<?>> inMemory = inMemory(List.of(parts.thinGraph()));
      inMemory.forEach(part -> put(fixed, part));
      fixed.put("searchers", options.maxSearchers() * RESIDENT_SEARCHER_BYTES);
      return fits(total(fixed))
          ? new ServingPlan(Residency.ALL, inMemory, null, 1, fixed, 0, 0, 0)
          : null;
    }

    @Nullable ServingPlan paged(Residency residency, CodesPart codes) {
      if (!mayBe(residency)) {
        return null;
      }
      for (int laneCount : LANE_COUNTS) {
        ServingPlan plan = paged(residency, codes, laneCount);
        if (plan != null) {
          return plan;
        }
      }
      return null;
    }

    private @Nullable ServingPlan paged(Residency residency, CodesPart codes, int laneCount) {
      List<GraphPart<?>> chosen =
          new ArrayList<>(List.of(codes, codes.codebook(), parts.directory()));
      parts.leading(residency).ifPresent(chosen::add);
      if (residency == Residency.GROUPS) {
        parts.means(codes).ifPresent(chosen::add);
      }
      Map<String, Long> fixed = new LinkedHashMap<>();
      List<GraphPart<?>> inMemory = inMemory(chosen);
      inMemory.forEach(part -> put(fixed, part));
      fixed.put(
          "searchers",
          (long) options.maxSearchers()
              * laneCount
              * PagedQuery.bytes(codes.code().distancesBytes(manifest.dimension())));
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
          residency,
          inMemory,
          codes,
          laneCount,
          fixed,
          frameBytes,
          overhead(frameBytes),
          maxPinned);
    }

    private boolean fits(long bytes) {
      smallest = Math.min(smallest, bytes);
      return bytes <= options.memoryBudgetBytes();
    }

    // The parts that were chosen, and those that are always in memory.
    private List<GraphPart<?>> inMemory(List<? extends GraphPart<?>> chosen) {
      List<GraphPart<?>> inMemory = new ArrayList<>(chosen);
      for (GraphPart<?> part : parts.all()) {
        if (part.placement() == Placement.RESIDENT) {
          inMemory.add(part);
        }
      }
      return List.copyOf(inMemory);
    }

    private void put(Map<String, Long> fixed, GraphPart<?> part) {
      Manifest.FileEntry entry = manifest.files().get(part.name());
      fixed.put(part.purpose(), entry == null ? 0 : entry.length());
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
