package com.omendb.diskann.search;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.pagecache.MemoryBudget;
import com.omendb.pagecache.MemoryBudgetException;
import com.omendb.pagecache.PageCache;
import com.omendb.pagecache.PageFile;
import com.omendb.vectors.OpenOptions;
import com.omendb.vectors.SearchRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/// Splits the memory budget of an open index: what always lies in memory, scratch for every
/// searcher, and page frames with all that is left.
///
/// @param fixedBytes bytes by purpose of everything but the frames, in a stable order
/// @param frameBytes bytes of page frames
/// @param frameOverheadBytes what the page cache needs to keep track of pages and frames
/// @param maxPinned frames that all searchers together may hold
record MemoryPlan(
    Map<String, Long> fixedBytes, long frameBytes, long frameOverheadBytes, int maxPinned) {

  /// Plans the budget of `options` for an index.
  ///
  /// @throws MemoryBudgetException if it is too small, with the smallest that works
  static MemoryPlan of(Manifest manifest, PageFile pages, int subspaceCount, OpenOptions options) {
    Map<String, Long> fixed = new LinkedHashMap<>();
    manifest
        .files()
        .forEach(
            (name, file) -> {
              if (!name.equals(BasePageFormat.FILE)) {
                fixed.merge(purpose(name), file.length(), Long::sum);
              }
            });
    fixed.put(
        "searchers",
        options.maxSearchers()
            * BeamSearch.bytes(
                subspaceCount, manifest.dimension(), manifest.elementType(), pages.pageBytes()));
    long fixedTotal = fixed.values().stream().mapToLong(Long::longValue).sum();
    int maxPinned = Math.multiplyExact(options.maxSearchers(), SearchRequest.MAX_BEAM_WIDTH);
    long smallestFrames = PageCache.smallestBytes(pages.pageBytes(), maxPinned);
    long smallest = fixedTotal + smallestFrames + overhead(pages, smallestFrames);
    long budget = options.memoryBudgetBytes();
    if (budget < smallest) {
      throw new MemoryBudgetException(
          "the memory budget is too small to open " + manifest.kind() + " index", smallest, budget);
    }
    long frameBytes = fitFrames(pages, budget - fixedTotal, smallestFrames, maxPinned);
    return new MemoryPlan(fixed, frameBytes, overhead(pages, frameBytes), maxPinned);
  }

  /// Reserves everything from the budget, which never fails for the budget that was planned.
  void reserve(MemoryBudget budget) {
    fixedBytes.forEach(budget::reserve);
    budget.reserve("page frames", frameBytes);
    budget.reserve("page table", frameOverheadBytes);
  }

  // As many frames as fit with their overhead, at most one a page beside those that searches pin.
  private static long fitFrames(PageFile pages, long available, long smallest, int maxPinned) {
    long wanted = (pages.pageCount() + maxPinned) * pages.pageBytes();
    long frames = Math.min(wanted, available);
    frames = Math.max(smallest, Math.min(frames, available - overhead(pages, frames)));
    return frames / pages.pageBytes() * pages.pageBytes();
  }

  private static long overhead(PageFile pages, long frameBytes) {
    return PageCache.overheadBytes(
        pages.pageCount(), Math.toIntExact(frameBytes / pages.pageBytes()));
  }

  private static String purpose(String file) {
    return switch (file) {
      case CodesFile.CODES -> "codes";
      case CodesFile.CODEBOOK -> "codebook";
      case PageDirectory.FILE -> "page directory";
      default -> file;
    };
  }
}
