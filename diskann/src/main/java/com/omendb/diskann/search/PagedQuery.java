package com.omendb.diskann.search;

import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.Residency;
import com.omendb.store.SearchEnd;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.SearchTuning;
import com.omendb.store.serving.Accept;
import com.omendb.store.serving.PageWalk;
import com.omendb.store.serving.QueryVector;
import com.omendb.store.serving.SearchTask;
import com.omendb.store.serving.TopK;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One query on its way through the pages of a graph.
///
/// 1. [#begin]: from the entry nodes a [Navigator] fills the list with what can be found in memory.
/// 2. [#choose]: the [PageChooser] picks the pages whose expected gain is worth a read.
/// 3. [#take]: every record of a page is scored exactly, the distances take the place of the
///    estimates, and the nearest records are expanded: their neighbours, estimated from the codes,
///    join the list (Subramanya et al., "DiskANN", NeurIPS 2019, section 3.3, on whole pages).
///
/// 2 and 3 repeat until no page is worth reading. Where only some nodes may be answers, the others
/// lead on, but only answers make a page worth reading; if fewer are found than wanted, the pages
/// of all answers are read ([AnswerPages]). A degraded query continues without a page that is
/// damaged or cannot be read ([#skip]): it forgets the nodes in it, and where that leaves it
/// without a way on, it takes the pages it has not seen in any order. [#result] allocates.
final class PagedQuery implements PageWalk {
  // Of so many records of a page one is expanded: docs/decisions/0005.
  private static final int RECORDS_PER_EXPANSION = 4;

  private static final int MAX_ENTRIES = 16;

  // Heap and native bytes of a query besides its table: lists, sets and scratch.
  private static final long SCRATCH_BYTES = 98 << 10;

  private final BaseLayer base;
  private final EntrySelector.Finder entryFinder;
  private final Navigator navigator;
  private final boolean expandsRecords;
  private final ExactDistance exactDistance;
  private final QueryVector query;
  private final CodeScorer scorer;
  private final PageView view;
  private final PageChooser chooser;

  private final FoundNodes found = new FoundNodes();
  private final SeenNodes seen = new SeenNodes(1024);
  private final TopK top = new TopK();
  private final int[] entries = new int[MAX_ENTRIES];
  private final int[] neighbours = new int[256];
  private final int[] fresh = new int[512];
  private final float[] estimates = new float[fresh.length];
  private final float[] recordDistances;
  private final int[] inFlight = new int[SearchTuning.MAX_BEAM_WIDTH];
  private int[] readPages = new int[64];

  private @Nullable SearchTask task;
  private @Nullable Accept accepted;
  private @Nullable AnswerPages answerPages;
  private SearchEnd end = SearchEnd.FINISHED;
  private QueryEffort effort = new QueryEffort(0, 0, 0, 0, 0, 0, false);
  private boolean exhaustive;
  private boolean degraded;

  // Pages that could not be read or are damaged.
  private final BitSet skipped = new BitSet();
  private int skippedCount;
  private @Nullable PageScan scan;

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
    this.exactDistance = new ExactDistance(base.space());
    this.query = new QueryVector(base.queryForm(), arena);
    this.scorer = new CodeScorer(base.codes(), base.space().metric(), arena);
    this.view = base.newPageView();
    this.chooser = new PageChooser(base.directory());
    this.recordDistances = new float[PageView.maxRecordCount(base.pageBytes())];
  }

  /// Heap and native bytes of a query.
  ///
  /// @param tableBytes of its distance table
  static long bytes(long tableBytes) {
    return SCRATCH_BYTES + tableBytes;
  }

  @Override
  public void begin(SearchTask newTask) {
    startNanos = System.nanoTime();
    task = newTask;
    SearchRequest request = newTask.request();
    query.set(request);
    scorer.prepare(query);
    configure(request, newTask.accept());
    enter();
    computeNanos = System.nanoTime() - startNanos;
  }

  private void configure(SearchRequest request, @Nullable Accept accept) {
    accepted = accept == null || accept.acceptsAll() ? null : accept;
    answerPages = null;
    end = SearchEnd.FINISHED;
    effort =
        QueryEffort.of(
            request, accepted == null ? base.nodeCount() : accepted.count(), base.residency());
    exhaustive = false;
    degraded = request.degraded();
    if (skippedCount > 0) {
      skipped.clear();
      skippedCount = 0;
    }
    scan = null;
    pagesAsked = 0;
    rounds = 0;
    expanded = 0;
    pageReads = 0;
    cacheHits = 0;
    exactDistances = 0;
  }

  private void enter() {
    clear();
    Accept some = accepted;
    if (some != null && some.count() <= effort.effort()) {
      // They are so few that reading all of their pages costs at most as much as a search.
      answerPages = newAnswerPages();
      return;
    }
    int count = entryFinder.find(query.address(), entries);
    exactDistances += entryFinder.distanceCount();
    expanded += navigator.navigate(scorer, entries, count, seen, found, effort);
  }

  private void clear() {
    top.reset(effort.k());
    found.reset(effort.listSize(), accepted);
    seen.clear();
    inFlightCount = 0;
  }

  // What comes late should not hold up the search, but pages chosen before others have arrived are
  // chosen less well.
  @Override
  public int refillBelow() {
    return effort.beamWidth() / 4;
  }

  @Override
  public int choose(int[] pages, int limit) {
    long start = System.nanoTime();
    int count = isLate() ? 0 : chooseBest(pages, limit);
    if (count == 0 && inFlightCount == 0) {
      count = isLate() ? 0 : chooseForMissing(pages, limit);
      end = count > 0 ? end : whyEnded();
    }
    computeNanos += System.nanoTime() - start;
    return count;
  }

  private boolean isLate() {
    SearchTask under = task;
    return under != null && under.isLate();
  }

  private int chooseBest(int[] pages, int limit) {
    if (answerPages != null || effort.k() == 0) {
      return 0;
    }
    int allowed =
        exhaustive && !effort.isBounded() ? limit : Math.min(limit, effort.maxPages() - pagesAsked);
    int count = chooseAtMost(found.answers(), pages, allowed, effort.gainThreshold());
    // Nothing in memory leads on: the pages have to.
    return count == 0 && found.isFiltered() && base.residency() == Residency.PAGES
        ? chooseAtMost(found.all(), pages, allowed, effort.gainThreshold())
        : count;
  }

  // Fewer than k were found, which is worth pages of any gain, and more of them than usual unless
  // the request sets a bound.
  private int chooseForMissing(int[] pages, int room) {
    int limit = effort.isBounded() ? Math.min(room, effort.maxPages() - pagesAsked) : room;
    if (limit <= 0 || (top.size() >= effort.k() && answerPages == null)) {
      return 0;
    }
    if (found.isFiltered()) {
      return chooseAnswerPages(pages, limit);
    }
    int count = chooseUnread(pages, limit);
    if (count == 0 && !exhaustive) {
      searchEverything();
      count = chooseUnread(pages, limit);
    }
    return count == 0 && skippedCount > 0 ? scan(pages, limit) : count;
  }

  private SearchEnd whyEnded() {
    if (isLate()) {
      return SearchEnd.TIMEOUT;
    }
    if (effort.isBounded() && pagesAsked >= effort.maxPages()) {
      return SearchEnd.PAGE_LIMIT;
    }
    int answers = accepted == null ? base.nodeCount() : accepted.count();
    return top.size() >= answers || top.size() < effort.k() || answerPages != null
        ? SearchEnd.EXHAUSTED
        : SearchEnd.FINISHED;
  }

  private AnswerPages newAnswerPages() {
    return new AnswerPages(base.directory(), base.nodeCount(), found::accepts);
  }

  // The pages of all nodes that may be answers, one after another.
  private int chooseAnswerPages(int[] pages, int limit) {
    AnswerPages left = answerPages;
    if (left == null) {
      left = newAnswerPages();
      answerPages = left;
      clear();
    }
    int count = left.next(pages, Math.min(limit, effort.beamWidth() - inFlightCount), skipped);
    sent(pages, count);
    return count;
  }

  // No more pages than probably hold what is missing.
  private int chooseUnread(int[] pages, int limit) {
    return chooseAtMost(found.answers(), pages, Math.min(limit, pagesMissing()), 0);
  }

  private int pagesMissing() {
    return (int)
        Math.ceilDiv(
            (long) (effort.k() - top.size()) * base.directory().pageCount(), base.nodeCount());
  }

  // The ways to other pages led through pages that were skipped: goes through all there are, spread
  // evenly, as far as is needed.
  private int scan(int[] pages, int room) {
    PageScan left = scan;
    if (left == null) {
      left = new PageScan(base.directory().pageCount());
      scan = left;
      clear();
    }
    int most = Math.min(Math.min(room, effort.beamWidth()), pagesMissing());
    int count = left.next(pages, most, skipped);
    sent(pages, count);
    return count;
  }

  private int chooseAtMost(OpenList list, int[] pages, int most, double threshold) {
    int limit = Math.min(most, effort.beamWidth() - inFlightCount);
    if (limit <= 0) {
      return 0;
    }
    float bound = list.keyOf(effort.k());
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

  @Override
  public void take(int page, long address, boolean wasRead) throws IOException {
    long start = System.nanoTime();
    if (scan != null) {
      scan.took(page);
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
      } else if (expandsRecords && answerPages == null) {
        expandRecords(
            Math.max(
                Math.ceilDiv(view.recordCount(), RECORDS_PER_EXPANSION),
                recordsWithin(found.all().keyOf(effort.effort()))));
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

  @Override
  public boolean skip(int page) {
    if (!degraded) {
      return false;
    }
    if (!skipped.get(page)) {
      skipped.set(page);
      skippedCount++;
    }
    found.dropIf(node -> skipped.get(base.directory().page(node)));
    return true;
  }

  @Override
  public void landed(int page) {
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
    found.dropRange(first, first + count);
    for (int slot = 0; slot < count; slot++) {
      double distance = exactDistance.preciselyBetween(query.address(), view.vectorAddress(slot));
      recordDistances[slot] = (float) distance;
      seen.add(first + slot);
      found.addExact(first + slot, (float) distance);
      if (distance <= top.bound() && found.accepts(first + slot)) {
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
      found.addEstimated(fresh[i], estimates[i]);
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

  @Override
  public SearchResult result() {
    int wasted = 0;
    for (int i = 0; i < pageReads; i++) {
      wasted += top.hasFrom(readPages[i]) ? 0 : 1;
    }
    long total = System.nanoTime() - startNanos;
    return top.result(
        SearchStats.builder()
            .end(end)
            .walk(rounds, expanded)
            .pages(pageReads, cacheHits, wasted, skippedCount, (long) pageReads * base.pageBytes())
            .distances(scorer.estimateCount(), exactDistances)
            .nanos(Math.max(0, total - computeNanos), total)
            .build());
  }
}
