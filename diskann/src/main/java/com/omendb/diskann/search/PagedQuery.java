package com.omendb.diskann.search;

import com.omendb.diskann.pages.PageView;
import com.omendb.diskann.pages.PageView.MalformedPageException;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.serving.QueryVector;
import com.omendb.store.serving.TopK;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;

/// One query on its way through the pages of an index, driven from outside: it says which pages it
/// wants, is given them one by one as they arrive, and never waits.
///
/// 1. [#begin]: from the entry nodes a [Navigator] fills the list with what can be found in memory.
/// 2. [#choose]: the [PageChooser] picks the pages whose expected gain is worth a read.
/// 3. [#take]: every record of a page is scored exactly, the distances take the place of the
///    estimates, and the nearest records are expanded: their neighbours, estimated from the codes,
///    join the list (Subramanya et al., "DiskANN", NeurIPS 2019, section 3.3, on whole pages).
///
/// 2 and 3 repeat until no page is worth reading. A degraded query goes on without a page that is
/// not to be had ([#skip]): it forgets the nodes in it, and where that leaves it without a way on,
/// it takes the pages it has not seen in any order. Owns scratch for one query at a time; [#result]
/// allocates. Not thread-safe.
final class PagedQuery {
  /// searchListSize when a request leaves it open: this, or twice k if that is more.
  static final int DEFAULT_SEARCH_LIST_SIZE = 30;

  // Of so many records of a page one is expanded: docs/decisions/0005.
  private static final int RECORDS_PER_EXPANSION = 4;

  // Pages that a search may read beyond its searchListSize when a request sets no bound.
  private static final int READS_SLACK = 32;

  // Hardly any page is expected to hold more than one of the k, so a list of k nodes would read
  // none.
  private static final double MOST_GAIN_ASKED = 0.8;

  private static final int MAX_ENTRIES = 16;

  private final BaseLayer base;
  private final EntrySelector.Finder entryFinder;
  private final Navigator navigator;
  private final boolean expandsRecords;
  private final ExactDistance exactDistance;
  private final QueryVector query;
  private final CodeScorer scorer;
  private final PageView view;
  private final PageChooser chooser;

  private final OpenList list = new OpenList();
  private final SeenNodes seen = new SeenNodes(1024);
  private final TopK top = new TopK();
  private final int[] entries = new int[MAX_ENTRIES];
  private final int[] neighbours = new int[256];
  private final int[] fresh = new int[512];
  private final float[] estimates = new float[fresh.length];
  private final float[] recordDistances;
  private final int[] inFlight = new int[SearchRequest.MAX_BEAM_WIDTH];
  private int[] readPages = new int[64];

  private int k;
  private int effort;
  private int listSize;
  private int beamWidth;
  private double gainThreshold;
  private int maxPages;
  // Whether the request set maxPages.
  private boolean bounded;
  private boolean exhaustive;
  private boolean degraded;

  // Pages that were not to be had. Those taken are only kept track of while scanning.
  private final BitSet skipped = new BitSet();
  private final BitSet scanned = new BitSet();
  private int skippedCount;
  private boolean scanning;
  private int scanPosition;

  private int inFlightCount;
  private int pagesAsked;
  private int rounds;
  private int expanded;
  private int pageReads;
  private int cacheHits;
  private int exactDistances;
  private long startNanos;
  private long computeNanos;

  PagedQuery(BaseLayer base, EntrySelector entrySelector, Arena arena) {
    this.base = base;
    this.entryFinder = entrySelector.newFinder();
    this.navigator = base.newNavigator();
    this.expandsRecords = base.residency() != Residency.GRAPH;
    this.exactDistance = new ExactDistance(base.metric(), base.elementType(), base.dimension());
    this.query = new QueryVector(base.queryForm(), arena);
    this.scorer = new CodeScorer(base.codes(), base.metric(), arena);
    this.view = base.newPageView();
    this.chooser = new PageChooser(base.directory());
    this.recordDistances = new float[PageView.maxRecordCount(base.pageBytes())];
  }

  /// Page requests in flight when a request leaves it open: the better a search knows its pages
  /// beforehand, the more of them it asks for at once.
  static int beamWidth(Residency residency) {
    return switch (residency) {
      case PAGES -> 4;
      case GROUPS -> 8;
      case GRAPH -> SearchRequest.MAX_BEAM_WIDTH;
      case ALL, AUTO -> throw new IllegalArgumentException("residency=" + residency);
    };
  }

  // How much longer the list is than the effort asked for: candidates that are unlikely alone still
  // count for the gain of their page, and where the graph ends with the list, its length decides
  // what is found at all.
  private static int listSlack(Residency residency) {
    return residency == Residency.GRAPH ? 120 : 80;
  }

  /// Starts a query.
  ///
  /// @throws IllegalArgumentException if the request does not fit the index
  void begin(SearchRequest request) {
    startNanos = System.nanoTime();
    query.set(request);
    scorer.prepare(query);
    configure(request);
    enter();
    computeNanos = System.nanoTime() - startNanos;
  }

  private void configure(SearchRequest request) {
    k = Math.min(request.k(), base.nodeCount());
    effort =
        request.searchListSize() > 0
            ? request.searchListSize()
            : Math.max(DEFAULT_SEARCH_LIST_SIZE, 2 * k);
    listSize = effort + listSlack(base.residency());
    beamWidth = request.beamWidth() > 0 ? request.beamWidth() : beamWidth(base.residency());
    double ratio = (double) k / effort;
    gainThreshold =
        request.gainThreshold() >= 0
            ? request.gainThreshold()
            : Math.min(MOST_GAIN_ASKED, ratio * ratio);
    bounded = request.maxPageReads() > 0;
    maxPages = bounded ? request.maxPageReads() : effort + READS_SLACK;
    exhaustive = false;
    degraded = request.degraded();
    if (skippedCount > 0) {
      skipped.clear();
      skippedCount = 0;
    }
    scanning = false;
    pagesAsked = 0;
    rounds = 0;
    expanded = 0;
    pageReads = 0;
    cacheHits = 0;
    exactDistances = 0;
  }

  private void enter() {
    clear();
    int count = entryFinder.find(query.address(), entries);
    exactDistances += entryFinder.distanceCount();
    expanded += navigator.navigate(scorer, entries, count, seen, list, listSize);
  }

  private void clear() {
    top.reset(k);
    list.reset(listSize);
    seen.clear();
    inFlightCount = 0;
  }

  /// How many pages may be in flight when it is time to choose more: what comes late should not
  /// hold up the search, but pages chosen before others have arrived are chosen less well.
  int refillBelow() {
    return beamWidth / 4;
  }

  /// Writes the pages that are wanted next, at most `limit`, into `pages` and returns how many;
  /// each must be given to [#take] or [#landed]. None, with nothing in flight, is the end of the
  /// search.
  int choose(int[] pages, int limit) {
    long start = System.nanoTime();
    int allowed = exhaustive && !bounded ? limit : Math.min(limit, maxPages - pagesAsked);
    int count = chooseAtMost(pages, allowed, gainThreshold);
    if (count == 0 && inFlightCount == 0 && top.size() < k) {
      count = chooseForMissing(pages, limit);
      if (count == 0 && !exhaustive) {
        searchEverything();
        count = chooseForMissing(pages, limit);
      }
      if (count == 0 && skippedCount > 0) {
        count = scan(pages, limit);
      }
    }
    computeNanos += System.nanoTime() - start;
    return count;
  }

  // Fewer than k were found, which is worth pages of any gain and beyond any bound, but not more
  // of them than probably hold the rest.
  private int chooseForMissing(int[] pages, int tickets) {
    return chooseAtMost(pages, Math.min(tickets, pagesMissing()), 0);
  }

  private int pagesMissing() {
    return (int)
        Math.ceilDiv((long) (k - top.size()) * base.directory().pageCount(), base.nodeCount());
  }

  // The ways to other pages led through pages that were skipped: goes through all there are, spread
  // evenly, as far as is needed.
  private int scan(int[] pages, int tickets) {
    if (!scanning) {
      scanning = true;
      scanPosition = 0;
      scanned.clear();
      clear();
    }
    int pageCount = base.directory().pageCount();
    RandomOrder order = new RandomOrder(pageCount, 0);
    int most = Math.min(Math.min(tickets, beamWidth), pagesMissing());
    int count = 0;
    while (count < most && scanPosition < pageCount) {
      int page = (int) order.at(scanPosition++);
      if (!skipped.get(page) && !scanned.get(page)) {
        pages[count++] = page;
      }
    }
    sent(pages, count);
    return count;
  }

  private int chooseAtMost(int[] pages, int most, double threshold) {
    int limit = Math.min(most, beamWidth - inFlightCount);
    if (limit <= 0) {
      return 0;
    }
    float bound = list.keyOf(k);
    int count =
        chooser.choose(
            list, bound, scorer.deviation(bound), threshold, inFlight, inFlightCount, limit, pages);
    sent(pages, count);
    return count;
  }

  private void sent(int[] pages, int count) {
    System.arraycopy(pages, 0, inFlight, inFlightCount, count);
    inFlightCount += count;
    pagesAsked += count;
    rounds += count > 0 ? 1 : 0;
  }

  // The entries reached too little of the graph; from the medoid everything can be reached.
  private void searchEverything() {
    exhaustive = true;
    clear();
    fresh[0] = base.medoid();
    seen.add(base.medoid());
    estimateAndAdd(1);
  }

  /// Takes a page that has arrived; [#landed] was called for it.
  ///
  /// @param wasRead whether it was read from the device for this query
  /// @throws IOException if the page breaks the format
  void take(int page, long address, boolean wasRead) throws IOException {
    long start = System.nanoTime();
    if (scanning) {
      scanned.set(page);
    }
    if (wasRead) {
      if (pageReads == readPages.length) {
        readPages = Arrays.copyOf(readPages, 2 * pageReads);
      }
      readPages[pageReads++] = page;
    } else {
      cacheHits++;
    }
    try {
      view.moveTo(address);
      view.requireNodesOf(base.directory(), page);
      scoreRecords(page);
      if (exhaustive) {
        expandRecords(view.recordCount());
      } else if (expandsRecords) {
        expandRecords(
            Math.max(
                Math.ceilDiv(view.recordCount(), RECORDS_PER_EXPANSION),
                recordsWithin(list.keyOf(effort))));
      }
    } catch (MalformedPageException e) {
      throw new CorruptFileException(
          "page breaks the format",
          base.pagesPath(),
          page,
          (page + 1L) * base.pageBytes(),
          "a page of the base layer",
          String.valueOf(e.getMessage()));
    }
    computeNanos += System.nanoTime() - start;
  }

  /// Goes on without a page that was asked for and is not to be had; [#landed] was called for it.
  ///
  /// @return false if the request does not want that
  boolean skip(int page) {
    if (!degraded) {
      return false;
    }
    if (!skipped.get(page)) {
      skipped.set(page);
      skippedCount++;
    }
    list.dropIf(node -> skipped.get(base.directory().page(node)));
    return true;
  }

  /// A page that was asked for is not in flight any more.
  void landed(int page) {
    for (int i = 0; i < inFlightCount; i++) {
      if (inFlight[i] == page) {
        inFlight[i] = inFlight[--inFlightCount];
        return;
      }
    }
  }

  private void scoreRecords(int page) throws MalformedPageException {
    int first = view.firstNode();
    int count = view.recordCount();
    list.dropRange(first, first + count);
    for (int slot = 0; slot < count; slot++) {
      double distance = exactDistance.preciselyBetween(query.address(), view.vectorAddress(slot));
      recordDistances[slot] = (float) distance;
      seen.add(first + slot);
      list.addExact(first + slot, (float) distance);
      if (distance <= top.bound()) {
        top.offer(view.vectorId(slot), distance, page);
      }
    }
    exactDistances += count;
  }

  private void expandRecords(int expansions) throws MalformedPageException {
    int count = view.recordCount();
    // All are estimated together: full blocks of codes cost the least.
    int freshCount = 0;
    for (int rest = expansions; rest > 0; rest--) {
      int nearest = 0;
      for (int slot = 1; slot < count; slot++) {
        if (recordDistances[slot] < recordDistances[nearest]) {
          nearest = slot;
        }
      }
      recordDistances[nearest] = Float.POSITIVE_INFINITY;
      expanded++;
      int degree = view.neighbours(nearest, neighbours);
      if (freshCount + degree > fresh.length) {
        estimateAndAdd(freshCount);
        freshCount = 0;
      }
      for (int i = 0; i < degree; i++) {
        int node = neighbours[i];
        if (seen.add(node)) {
          fresh[freshCount++] = node;
        }
      }
    }
    estimateAndAdd(freshCount);
  }

  private int recordsWithin(float bound) {
    int count = 0;
    for (int slot = 0; slot < view.recordCount(); slot++) {
      count += recordDistances[slot] <= bound ? 1 : 0;
    }
    return count;
  }

  private void estimateAndAdd(int freshCount) {
    int count = skippedCount == 0 ? freshCount : withoutSkipped(freshCount);
    scorer.estimate(fresh, count, estimates);
    for (int i = 0; i < count; i++) {
      list.addEstimated(fresh[i], estimates[i]);
    }
  }

  private int withoutSkipped(int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!skipped.get(base.directory().page(fresh[i]))) {
        fresh[kept++] = fresh[i];
      }
    }
    return kept;
  }

  /// What was found, once the search has ended.
  SearchResult result() {
    int wasted = 0;
    for (int i = 0; i < pageReads; i++) {
      wasted += top.hasFrom(readPages[i]) ? 0 : 1;
    }
    long total = System.nanoTime() - startNanos;
    return top.result(
        new SearchStats(
            rounds,
            expanded,
            pageReads,
            cacheHits,
            wasted,
            skippedCount,
            (long) pageReads * base.pageBytes(),
            scorer.estimateCount(),
            exactDistances,
            Math.max(0, total - computeNanos),
            total));
  }
}
