package com.omendb.diskann.search;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.vamana.CandidateList;
import java.lang.foreign.MemorySegment;

/// Best-first search over the graph of pages, a page being as near as the code of the mean of its
/// vectors; then the nodes of the nearest pages, scored page by page: their codes lie beside each
/// other.
final class PageNavigator implements Navigator {
  /// Pages that are expanded: what a longer list finds, the pages find as well.
  private static final int EXPANDED = 32;

  /// Pages whose nodes are scored.
  private static final int SCORED = 72;

  // So many nodes are scored for each that the list of the search keeps, where that is more.
  private static final int NODES_A_PLACE = 2;

  // Full blocks of codes cost the least.
  private static final int EXPANDED_TOGETHER = 4;
  private static final int SCORED_TOGETHER = 4;

  private final NeighbourLists graph;
  private final MemorySegment means;
  private final PageDirectory directory;
  private final CandidateList candidates = new CandidateList(EXPANDED);
  private final CandidateList nearest = new CandidateList(SCORED);
  private final SeenNodes seenPages = new SeenNodes(1024);
  private final int[] near = new int[256];
  private final int[] together = new int[EXPANDED_TOGETHER];
  private final int[] fresh = new int[EXPANDED_TOGETHER * near.length];
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
    this.nodes = new int[SCORED_TOGETHER * maxRecords];
    this.estimates = new float[Math.max(fresh.length, nodes.length)];
  }

  @Override
  public int navigate(
      CodeScorer scorer,
      int[] entries,
      int entryCount,
      SeenNodes seen,
      FoundNodes found,
      int listSize) {
    long nodes = NODES_A_PLACE * (long) listSize;
    int pages = (int) Math.ceilDiv(nodes * directory.pageCount(), directory.nodeCount());
    nearest.reset(Math.max(SCORED, pages));
    candidates.reset(Math.max(EXPANDED, pages / 2));
    int expanded = findPages(scorer, entries, entryCount);
    for (int page = 0; page < nearest.size(); page += SCORED_TOGETHER) {
      score(scorer, page, Math.min(page + SCORED_TOGETHER, nearest.size()), seen, found);
    }
    return expanded;
  }

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
      int vertices = Navigator.takeNearest(candidates, together);
      expanded += vertices;
      graph.touch(together, vertices);
      count = 0;
      for (int vertex = 0; vertex < vertices; vertex++) {
        int degree = graph.copy(together[vertex], near);
        for (int i = 0; i < degree; i++) {
          if (seenPages.add(near[i])) {
            fresh[count++] = near[i];
          }
        }
      }
      addPages(scorer, count);
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

  private void score(CodeScorer scorer, int from, int end, SeenNodes seen, FoundNodes found) {
    int count = 0;
    for (int i = from; i < end; i++) {
      int behind = directory.firstNode(nearest.node(i) + 1);
      for (int node = directory.firstNode(nearest.node(i)); node < behind; node++) {
        nodes[count++] = node;
      }
    }
    scorer.estimate(nodes, count, estimates);
    for (int i = 0; i < count; i++) {
      if (seen.add(nodes[i])) {
        found.addEstimated(nodes[i], estimates[i]);
      }
    }
  }
}
