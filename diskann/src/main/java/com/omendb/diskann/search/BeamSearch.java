package com.omendb.diskann.search;

import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.format.UnitLength;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.PageCache;
import com.omendb.pq.DistanceTable;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.SearchResult;
import com.omendb.vectors.SearchStats;
import com.omendb.vectors.VectorChecks;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Beam search over SSD pages (Subramanya et al., "DiskANN", NeurIPS 2019, section 3.3): a
/// best-first search ordered by approximate distances from the codes in memory, which reads the
/// pages of the `beamWidth` nearest unexpanded candidates together and ranks what it returns by the
/// exact distances of the vectors in those pages.
///
/// A page is used whole and kept for the length of the query: every record in it is scored exactly,
/// the nearest of them are expanded whether the codes had put them into the list or not, and a
/// candidate that lies in a page already read is expanded at once, before anything more is read.
///
/// Owns the scratch of one thread and reuses it; a search allocates only its result. Not
/// thread-safe.
final class BeamSearch implements AutoCloseable {
  /// Candidate list length when a request leaves it open: this, or twice k if that is more.
  static final int DEFAULT_SEARCH_LIST_SIZE = 40;

  /// Beam width when a request leaves it open, the value of the DiskANN authors.
  static final int DEFAULT_BEAM_WIDTH = 4;

  // Pages of one query that are kept; a query that reads more forgets its oldest.
  private static final int HELD_PAGES = 128;

  // Of so many records of a page one is expanded for its exact distance alone. A larger share costs
  // more estimates than it saves reads: docs/decisions/0004.
  private static final int RECORDS_PER_EXPANSION = 7;

  private static final int MAX_ENTRIES = 16;
  private static final int LARGEST_DEGREE = 255;

  private final BaseLayer base;
  private final EntrySelector.Finder entryFinder;
  private final ExactDistance exactDistance;
  private final Arena arena;
  private final MemorySegment query;
  private final VectorSource querySource;
  private final DistanceTable table;
  private final PageCache.Session pages;
  private final QueryPages held;
  private final PageView view;
  private final boolean unitLength;

  private final CandidateList candidates = new CandidateList(256);
  private final NodeSet seenNodes = new NodeSet(4096);
  private final NodeSet expandedNodes = new NodeSet(256);
  private final NodeSet scoredPages = new NodeSet(256);
  private final TopK top = new TopK();
  private final int[] entries = new int[MAX_ENTRIES];
  private final int[] roundPages = new int[SearchRequest.MAX_BEAM_WIDTH];
  private final int[] neighbours = new int[LARGEST_DEGREE];
  private final float[] estimates = new float[LARGEST_DEGREE];
  private final float[] recordDistances;

  private int rounds;
  private int expanded;
  private int pageReads;
  private int cacheHits;
  private int approximateDistances;
  private int exactDistances;
  private long waitNanos;

  BeamSearch(BaseLayer base, EntrySelector entrySelector) {
    this.base = base;
    this.entryFinder = entrySelector.newFinder();
    this.exactDistance = new ExactDistance(base.metric(), base.elementType(), base.dimension());
    this.arena = Arena.ofShared();
    int vectorBytes = base.elementType().vectorBytes(base.dimension());
    this.query = arena.allocate(vectorBytes, 64);
    this.querySource = VectorSource.dense(query, 1, base.dimension(), base.elementType());
    this.table = new DistanceTable(base.codes().quantizer(), arena);
    this.pages = base.cache().newSession(SearchRequest.MAX_BEAM_WIDTH);
    this.recordDistances = new float[PageView.maxRecordCount(base.pageBytes())];
    this.held = new QueryPages(HELD_PAGES, base.pageBytes(), arena);
    this.view = new PageView(base.pageBytes(), vectorBytes, base.nodeCount());
    this.unitLength = UnitLength.applies(base.metric(), base.elementType());
  }

  /// Bytes, native and heap, that a searcher takes from the memory budget.
  static long bytes(int subspaceCount, int dimension, ElementType elementType, int pageBytes) {
    long lists = 128L << 10;
    return DistanceTable.bytes(subspaceCount, dimension)
        + elementType.vectorBytes(dimension)
        + QueryPages.bytes(HELD_PAGES, pageBytes)
        + lists;
  }

  SearchResult search(SearchRequest request) throws IOException {
    long start = System.nanoTime();
    prepareQuery(request);
    int listSize =
        request.searchListSize() > 0
            ? request.searchListSize()
            : Math.max(DEFAULT_SEARCH_LIST_SIZE, 2 * request.k());
    int beamWidth = request.beamWidth() > 0 ? request.beamWidth() : DEFAULT_BEAM_WIDTH;
    reset(request.k(), listSize);
    addEntries();
    searchToEnd(beamWidth);
    if (top.size() < request.k()) {
      // The entries reached too little of the graph; from the medoid everything can be reached.
      addCandidate(base.medoid());
      searchToEnd(beamWidth);
    }
    return top.result(
        new SearchStats(
            rounds,
            expanded,
            pageReads,
            cacheHits,
            (long) pageReads * base.pageBytes(),
            approximateDistances,
            exactDistances,
            waitNanos,
            System.nanoTime() - start));
  }

  private void prepareQuery(SearchRequest request) {
    checkRequest(request);
    MemorySegment.copy(request.query(), 0, query, 0, query.byteSize());
    if (base.elementType() == ElementType.FLOAT32) {
      checkFinite();
    }
    if (unitLength) {
      UnitLength.normalize(query, base.dimension());
    } else if (base.metric() == Metric.COSINE && isZero()) {
      throw new IllegalArgumentException("a query without direction has no cosine: norm=0");
    }
    table.prepare(querySource, 0, base.metric());
  }

  private void checkRequest(SearchRequest request) {
    if (request.elementType() != base.elementType()) {
      throw new IllegalArgumentException(
          "query and index differ in element type: query elementType="
              + request.elementType().label()
              + ", index elementType="
              + base.elementType().label());
    }
    if (request.query().byteSize() != query.byteSize()) {
      throw new IllegalArgumentException(
          "query and index differ in dimension: query dimension="
              + request.query().byteSize() / base.elementType().elementBytes()
              + ", index dimension="
              + base.dimension());
    }
    if (request.k() > base.nodeCount()) {
      throw new IllegalArgumentException(
          "k is larger than the index: k=" + request.k() + ", count=" + base.nodeCount());
    }
  }

  private void checkFinite() {
    double sum = 0;
    for (int i = 0; i < base.dimension(); i++) {
      float value = query.get(NativeMemory.FLOAT, (long) i * Float.BYTES);
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("query holds " + value + " at column=" + i);
      }
      sum += (double) value * value;
    }
    if (sum > VectorChecks.MAX_SQUARED_NORM) {
      throw new IllegalArgumentException("query is too long for float distances: norm^2=" + sum);
    }
  }

  private boolean isZero() {
    for (long i = 0; i < query.byteSize(); i++) {
      if (query.get(NativeMemory.BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }

  private void reset(int k, int listSize) {
    top.reset(k);
    candidates.reset(listSize);
    seenNodes.clear();
    expandedNodes.clear();
    scoredPages.clear();
    held.clear();
    rounds = 0;
    expanded = 0;
    pageReads = 0;
    cacheHits = 0;
    approximateDistances = 0;
    exactDistances = 0;
    waitNanos = 0;
  }

  private void addEntries() {
    int count = entryFinder.find(query.address(), entries);
    exactDistances += entryFinder.distanceCount();
    for (int i = 0; i < count; i++) {
      addCandidate(entries[i]);
    }
  }

  private void addCandidate(int node) {
    neighbours[0] = node;
    addCandidates(1);
  }

  private void searchToEnd(int beamWidth) throws IOException {
    do {
      expandHeld();
    } while (readRound(beamWidth));
  }

  // Expands candidates whose pages are held, nearest first, until none is left in the list.
  private void expandHeld() throws IOException {
    int at = candidates.nearestUnexpanded();
    while (at >= 0 && at < candidates.size()) {
      int node = candidates.node(at);
      int page = candidates.isExpanded(at) ? -1 : base.directory().page(node);
      long address = page < 0 ? 0 : held.address(page);
      if (address == 0) {
        at++;
        continue;
      }
      candidates.markExpanded(at);
      try {
        view.moveTo(address);
        expand(node);
      } catch (MalformedPageException e) {
        throw corrupt(page, e);
      }
      at = candidates.nearestUnexpanded();
    }
  }

  // Reads the pages of the nearest unexpanded candidates; false if every candidate is expanded.
  private boolean readRound(int beamWidth) throws IOException {
    int count = 0;
    for (int at = candidates.nearestUnexpanded();
        at >= 0 && at < candidates.size() && count < beamWidth;
        at++) {
      if (!candidates.isExpanded(at)) {
        int page = base.directory().page(candidates.node(at));
        if (!contains(roundPages, count, page)) {
          roundPages[count++] = page;
        }
      }
    }
    if (count == 0) {
      return false;
    }
    rounds++;
    long start = System.nanoTime();
    pages.fetch(roundPages, count);
    waitNanos += System.nanoTime() - start;
    try {
      pageReads += pages.reads();
      cacheHits += pages.hits();
      for (int i = 0; i < count; i++) {
        takePage(roundPages[i], pages.address(i));
      }
    } finally {
      pages.release();
    }
    return true;
  }

  private void takePage(int page, long address) throws IOException {
    try {
      view.moveTo(held.hold(page, address));
      if (scoredPages.add(page)) {
        scoreRecords();
        expandNearestRecords();
      }
    } catch (MalformedPageException e) {
      throw corrupt(page, e);
    }
  }

  private CorruptFileException corrupt(int page, MalformedPageException cause) {
    return new CorruptFileException(
        "page breaks the format",
        base.pagesPath(),
        (page + 1L) * base.pageBytes(),
        "a page of the base layer",
        String.valueOf(cause.getMessage()));
  }

  private void scoreRecords() throws MalformedPageException {
    int count = view.recordCount();
    for (int slot = 0; slot < count; slot++) {
      float distance = exactDistance.between(query.address(), view.vectorAddress(slot));
      recordDistances[slot] = distance;
      if (distance <= top.bound()) {
        top.offer(view.vectorId(slot), distance);
      }
    }
    exactDistances += count;
  }

  private void expandNearestRecords() throws MalformedPageException {
    int count = view.recordCount();
    for (int rest = count / RECORDS_PER_EXPANSION; rest > 0; rest--) {
      int nearest = 0;
      for (int slot = 1; slot < count; slot++) {
        if (recordDistances[slot] < recordDistances[nearest]) {
          nearest = slot;
        }
      }
      recordDistances[nearest] = Float.POSITIVE_INFINITY;
      expand(view.firstNode() + nearest);
    }
  }

  // Expands a node of the page in view, unless it was expanded before.
  private void expand(int node) throws MalformedPageException {
    if (!expandedNodes.add(node)) {
      return;
    }
    expanded++;
    int degree = view.neighbours(view.requireSlot(node), neighbours);
    addCandidates(degree);
  }

  // Estimates and adds the nodes in neighbours[0..count) that this search has not seen.
  private void addCandidates(int count) {
    int fresh = 0;
    for (int i = 0; i < count; i++) {
      if (seenNodes.add(neighbours[i])) {
        neighbours[fresh++] = neighbours[i];
      }
    }
    table.distances(base.codes().codes().address(), neighbours, fresh, estimates);
    approximateDistances += fresh;
    for (int i = 0; i < fresh; i++) {
      candidates.add(neighbours[i], estimates[i]);
    }
  }

  private static boolean contains(int[] values, int count, int value) {
    for (int i = 0; i < count; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    pages.close();
    arena.close();
  }
}
