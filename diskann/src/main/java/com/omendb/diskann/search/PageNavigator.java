package com.omendb.diskann.search;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.PageGraph;
import com.omendb.diskann.vamana.CandidateList;
import java.lang.foreign.MemorySegment;

/// Best-first search over the [PageGraph], in which a page is as near as the code of the mean of
/// its vectors; then the nodes of the nearest pages are scored, page by page, until pages no longer
/// hold nodes near enough. The codes of a page's nodes lie beside each other.
final class PageNavigator implements Navigator {
  /// Pages that are expanded at least.
  private static final int MIN_EXPANDED = 32;

  /// After so many pages in a row without a node that is near enough no more are scored.
  private static final int PATIENCE = 16;

  // Full blocks of codes cost the least.
  private static final int TOGETHER = 4;

  private final NeighbourLists graph;
  private final MemorySegment means;
  private final PageDirectory directory;
  private final CandidateList candidates = new CandidateList(256);
  private final CandidateList nearest = new CandidateList(512);
  private final SeenNodes seenPages = new SeenNodes(1024);
  private final int[] near = new int[256];
  private final int[] together = new int[TOGETHER];
  private final int[] fresh = new int[TOGETHER * near.length];
  private final int[] nodes;
  private final float[] estimates;

  /// A navigator.
  ///
  /// @param means codes of the means of the pages
  /// @param maxRecords the most nodes of a page
  PageNavigator(
      NeighbourLists graph, MemorySegment means, PageDirectory directory, int maxRecords) {
    this.graph = graph;
    this.means = means;
    this.directory = directory;
    this.nodes = new int[TOGETHER * maxRecords];
    this.estimates = new float[Math.max(fresh.length, nodes.length)];
  }

  @Override
  public int navigate(
      CodeScorer scorer,
      int[] entries,
      int entryCount,
      SeenNodes seen,
      FoundNodes found,
      QueryEffort effort) {
    candidates.reset(Math.max(MIN_EXPANDED, effort.effort()));
    nearest.reset(effort.listSize() + effort.listSize() / 2);
    int expanded = findPages(scorer, entries, entryCount);
    int inVain = 0;
    while (inVain < PATIENCE) {
      int pages = Navigator.takeNearest(nearest, together);
      if (pages == 0) {
        break;
      }
      float bound = found.answers().keyOf(effort.effort());
      float least = scorePages(scorer, pages, effort.listSize(), seen, found);
      inVain = least < bound ? 0 : inVain + pages;
    }
    return expanded;
  }

  // Fills the list of the nearest pages.
  private int findPages(CodeScorer scorer, int[] entries, int entryCount) {
    seenPages.clear();
    int count = 0;
    for (int i = 0; i < entryCount; i++) {
      int page = directory.page(entries[i]);
      if (seenPages.add(page)) {
        fresh[count++] = page;
      }
    }
    addPages(scorer, count);
    int expanded = 0;
    while (candidates.nearestUnexpanded() >= 0) {
      int pages = Navigator.takeNearest(candidates, together);
      expanded += pages;
      addPages(scorer, Navigator.unseen(graph, together, pages, seenPages, near, fresh));
    }
    return expanded;
  }

  private void addPages(CodeScorer scorer, int count) {
    scorer.estimate(means, fresh, count, estimates);
    for (int i = 0; i < count; i++) {
      candidates.add(fresh[i], estimates[i]);
      nearest.add(fresh[i], estimates[i]);
    }
  }

  // Scores the nodes of the pages in `together`; returns the least estimate. A node for which the
  // list has no room counts as seen only if it is surely farther than what is there: of hundreds of
  // near-copies, which have one code, those in the list need not be the nearest, and the others can
  // still be found through the pages that are read.
  private float scorePages(
      CodeScorer scorer, int pages, int listSize, SeenNodes seen, FoundNodes found) {
    int count = 0;
    for (int page = 0; page < pages; page++) {
      int end = directory.firstNode(together[page] + 1);
      for (int node = directory.firstNode(together[page]); node < end; node++) {
        nodes[count++] = node;
      }
    }
    scorer.estimate(nodes, count, estimates);
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, estimates[i]);
      if (found.addEstimated(nodes[i], estimates[i])) {
        seen.add(nodes[i]);
      } else {
        float last = found.all().keyOf(listSize);
        if (estimates[i] > last + scorer.deviation(last)) {
          seen.add(nodes[i]);
        }
      }
    }
    return least;
  }
}
