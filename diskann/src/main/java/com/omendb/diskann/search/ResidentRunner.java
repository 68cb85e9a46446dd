package com.omendb.diskann.search;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.Residency;
import com.omendb.store.SearchEnd;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchStats;
import com.omendb.store.serving.Accept;
import com.omendb.store.serving.QueryCall;
import com.omendb.store.serving.QueryRunner;
import com.omendb.store.serving.QueryVector;
import com.omendb.store.serving.SearchTask;
import com.omendb.store.serving.TopK;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs searches over vectors and a graph that lie in memory: best-first by exact distances,
/// without a read.
///
/// What could not be loaded fails the searches that come to it; degraded ones go on beyond it.
final class ResidentRunner implements QueryRunner {

  // A search through pages keeps a longer list of estimates beside its searchListSize. With so many
  // candidates the same searchListSize finds about as much here, so that more memory never means
  // lower recall: 0.935, 0.965, 0.98, 0.99 at 10, 20, 30, 50 on a million SIFT descriptors.
  private static final int LIST_FACTOR = 3;
  private static final int LIST_SLACK = 20;

  private static final int MAX_ENTRIES = 16;

  // Nodes between two looks at the clock.
  private static final int LATE_CHECK = 64;

  // Nodes at the distance of another one that it is compared with.
  private static final int MAX_TIES = 4;

  // Expanded side by side, so that their waits for memory overlap.
  private static final int EXPANDED_TOGETHER = 2;

  private final ResidentVectors vectors;
  private final NeighbourLists graph;
  private final int medoid;
  private final EntrySelector.Finder entryFinder;
  private final ExactDistance exactDistance;
  private final Arena arena = Arena.ofShared();
  private final QueryVector query;
  private final CandidateList candidates = new CandidateList(256);
  private final SeenNodes seen = new SeenNodes(2048);
  private final CandidateList answers = new CandidateList(256);
  private final TopK top = new TopK();
  private final int[] entries = new int[MAX_ENTRIES];
  private final int[] near = new int[256];
  private final int[] together = new int[EXPANDED_TOGETHER];
  private int[] freshNodes = new int[EXPANDED_TOGETHER * near.length];
  private float[] distances = new float[freshNodes.length];
  private final @Nullable LostPages lost;
  // Of the lost pages those that this search met.
  private final BitSet skipped = new BitSet();
  private boolean degraded;
  // Which nodes may be answers; null for all.
  private @Nullable Accept accept;
  private @Nullable SearchTask task;
  private boolean late;
  private int k;
  private boolean broken;
  private int exactDistances;

  ResidentRunner(
      ResidentVectors vectors,
      NeighbourLists graph,
      int medoid,
      EntrySelector entrySelector,
      ExactDistance exactDistance,
      Function<Arena, QueryVector> queryFactory) {
    this.vectors = vectors;
    this.lost = vectors.lost();
    this.graph = graph;
    this.medoid = medoid;
    this.entryFinder = entrySelector.newFinder();
    this.exactDistance = exactDistance;
    this.query = queryFactory.apply(arena);
  }

  @Override
  public boolean hasIdleLane() {
    return true;
  }

  @Override
  public @Nullable QueryCall underWay() {
    return null;
  }

  @Override
  public void advance() {}

  @Override
  public void breakDown(Throwable why) {
    broken = true;
  }

  @Override
  public boolean isBroken() {
    return broken;
  }

  @Override
  public void check(SearchRequest request) {
    query.set(request);
  }

  @Override
  public void start(QueryCall call) {
    try {
      search(call);
    } catch (IOException | RuntimeException | Error e) {
      call.fail(e);
    }
  }

  private void search(QueryCall call) throws CorruptFileException {
    long start = System.nanoTime();
    SearchRequest request = call.request();
    query.set(request);
    task = call.task();
    late = false;
    Accept wanted = call.task().accept();
    accept = wanted == null || wanted.acceptsAll() ? null : wanted;
    int answerCount = accept == null ? vectors.count() : accept.count();
    degraded = request.degraded();
    skipped.clear();
    k = Math.min(request.k(), answerCount);
    int effort = QueryEffort.listSize(request, k, Residency.ALL);
    int listSize = LIST_FACTOR * effort + LIST_SLACK;
    exactDistances = 0;
    int expanded = 0;
    SearchEnd end = answerCount <= listSize ? SearchEnd.EXHAUSTED : SearchEnd.FINISHED;
    if (accept == null || answerCount > listSize) {
      expanded = searchGraph(listSize);
    }
    if (accept != null && !late && (answerCount <= listSize || answers.size() < k)) {
      lookAtAll(accept, listSize);
      end = SearchEnd.EXHAUSTED;
    }
    collect(accept == null ? candidates : answers);
    if (late) {
      end = SearchEnd.TIMEOUT;
    } else if (top.size() < k) {
      end = SearchEnd.EXHAUSTED;
    }
    call.complete(
        top.result(
            SearchStats.builder()
                .end(end)
                .walk(0, expanded)
                .pages(0, 0, 0, skipped.cardinality(), 0)
                .distances(0, exactDistances)
                .nanos(0, System.nanoTime() - start)
                .build()));
  }

  private int searchGraph(int listSize) throws CorruptFileException {
    int count = entryFinder.find(query.address(), entries);
    exactDistances = entryFinder.distanceCount();
    System.arraycopy(entries, 0, freshNodes, 0, count);
    int expanded = search(listSize, count);
    if (candidates.size() < k && !late) {
      // The entries reached too little of the graph; from the medoid everything can be reached.
      freshNodes[0] = medoid;
      expanded += search(listSize, 1);
    }
    return expanded;
  }

  // Where so few nodes may be answers that the graph does not lead to them, each is looked at.
  private void lookAtAll(Accept some, int listSize) throws CorruptFileException {
    answers.reset(listSize);
    LostPages pages = lost;
    for (int node = 0; node < vectors.count() && !late; node++) {
      if (!some.node(node)) {
        continue;
      }
      int page = pages == null ? -1 : pages.indexOf(node);
      if (page >= 0) {
        requireDegraded(page);
        skipped.set(page);
      } else {
        freshNodes[0] = node;
        exactDistance.between(
            query.address(), vectors.address(), vectors.strideBytes(), freshNodes, 1, distances);
        answers.add(node, distances[0]);
        late = ++exactDistances % LATE_CHECK == 0 && isLate();
      }
    }
  }

  private boolean isLate() {
    SearchTask under = task;
    return under != null && under.isLate();
  }

  private void requireDegraded(int page) throws CorruptFileException {
    LostPages pages = lost;
    if (!degraded && pages != null) {
      throw pages.failure(page);
    }
  }

  // Of candidates that are equally far to a float, the k-th and those after it, the precise
  // distance
  // and the id decide.
  private void collect(CandidateList found) {
    top.reset(k);
    for (int i = 0; i < found.size(); i++) {
      if (i >= k && found.distance(i) > found.distance(k - 1)) {
        return;
      }
      int node = found.node(i);
      long address = vectors.address() + (long) node * vectors.strideBytes();
      top.offer(
          vectors.vectorId(node), exactDistance.preciselyBetween(query.address(), address), 0);
    }
  }

  // Searches from the nodes in freshNodes[0..count); returns how many nodes were expanded.
  private int search(int listSize, int count) throws CorruptFileException {
    candidates.reset(listSize);
    answers.reset(listSize);
    seen.clear();
    int expanded = 0;
    int entered = 0;
    for (int i = 0; i < count; i++) {
      if (seen.add(freshNodes[i])) {
        freshNodes[entered++] = freshNodes[i];
      }
    }
    addFresh(entered);
    while (candidates.nearestUnexpanded() >= 0 && !late) {
      int nodes = Navigator.takeNearest(candidates, together);
      expanded += nodes;
      graph.touch(together, nodes);
      int fresh = 0;
      for (int node = 0; node < nodes; node++) {
        int degree = graph.copy(together[node], near);
        for (int i = 0; i < degree; i++) {
          if (seen.add(near[i])) {
            freshNodes[fresh++] = near[i];
          }
        }
      }
      addFresh(fresh);
      late = expanded % LATE_CHECK < EXPANDED_TOGETHER && isLate();
    }
    return expanded;
  }

  private void addFresh(int freshCount) throws CorruptFileException {
    LostPages pages = lost;
    int count = pages == null ? freshCount : withoutLost(pages, freshCount);
    vectors.touch(freshNodes, count);
    exactDistance.between(
        query.address(), vectors.address(), vectors.strideBytes(), freshNodes, count, distances);
    exactDistances += count;
    if (accept != null) {
      addAnswers(accept, count);
    }
    for (int i = 0; i < count; i++) {
      int place = candidates.place(distances[i]);
      if (place < candidates.capacity() && !isSpareCopy(freshNodes[i], distances[i], place)) {
        candidates.insert(place, freshNodes[i], distances[i]);
      }
    }
  }

  private void addAnswers(Accept some, int count) {
    for (int i = 0; i < count; i++) {
      if (some.node(freshNodes[i])) {
        answers.add(freshNodes[i], distances[i]);
      }
    }
  }

  // Whether a node is a copy of one in the list and not among the k nearest: neither a result nor a
  // way to any that its original is not. Many such copies would fill the list.
  private boolean isSpareCopy(int node, float distance, int place) {
    if (place < k) {
      return false;
    }
    int last = Math.max(0, place - MAX_TIES);
    for (int at = place - 1; at >= last && candidates.distance(at) == distance; at--) {
      if (vectors.areEqual(node, candidates.node(at))) {
        return true;
      }
    }
    return false;
  }

  // Puts in the place of lost nodes what they lead to: their neighbours are known, they are not.
  private int withoutLost(LostPages pages, int freshCount) throws CorruptFileException {
    int end = freshCount;
    int kept = 0;
    for (int i = 0; i < end; i++) {
      int page = pages.indexOf(freshNodes[i]);
      if (page < 0) {
        freshNodes[kept++] = freshNodes[i];
        continue;
      }
      requireDegraded(page);
      skipped.set(page);
      int degree = graph.copy(freshNodes[i], near);
      if (end + degree > freshNodes.length) {
        freshNodes = Arrays.copyOf(freshNodes, 2 * (end + degree));
      }
      for (int j = 0; j < degree; j++) {
        if (seen.add(near[j])) {
          freshNodes[end++] = near[j];
        }
      }
    }
    if (kept > distances.length) {
      distances = new float[freshNodes.length];
    }
    return kept;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
