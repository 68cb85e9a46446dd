package com.omendb.diskann.search;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.SearchStats;
import java.lang.foreign.Arena;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs searches over vectors and a graph that lie in memory: best-first by exact distances,
/// without a read.
final class ResidentRunner implements QueryRunner {
  /// searchListSize when a request leaves it open: this, or twice k if that is more.
  private static final int DEFAULT_SEARCH_LIST_SIZE = 40;

  // A search through pages keeps a longer list of estimates beside its searchListSize. With so many
  // candidates the same searchListSize finds about as much here, so that more memory never means
  // lower recall: 0.935, 0.965, 0.98, 0.99 at 10, 20, 30, 50 on a million SIFT descriptors.
  private static final int LIST_FACTOR = 3;
  private static final int LIST_SLACK = 20;

  private static final int MAX_ENTRIES = 16;

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
  private final TopK top = new TopK();
  private final int[] entries = new int[MAX_ENTRIES];
  private final int[] near = new int[256];
  private final int[] together = new int[EXPANDED_TOGETHER];
  private final int[] freshNodes = new int[EXPANDED_TOGETHER * near.length];
  private final float[] distances = new float[freshNodes.length];
  private int exactDistances;

  ResidentRunner(
      ResidentVectors vectors,
      NeighbourLists graph,
      int medoid,
      EntrySelector entrySelector,
      ExactDistance exactDistance,
      Function<Arena, QueryVector> queryFactory) {
    this.vectors = vectors;
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
  public void start(QueryCall call) {
    try {
      search(call);
    } catch (RuntimeException e) {
      call.fail(e);
    }
  }

  private void search(QueryCall call) {
    long start = System.nanoTime();
    SearchRequest request = call.request();
    query.set(request);
    int k = request.k();
    int effort =
        request.searchListSize() > 0
            ? request.searchListSize()
            : Math.max(DEFAULT_SEARCH_LIST_SIZE, 2 * k);
    int listSize = LIST_FACTOR * effort + LIST_SLACK;
    int count = entryFinder.find(query.address(), entries);
    exactDistances = entryFinder.distanceCount();
    System.arraycopy(entries, 0, freshNodes, 0, count);
    int expanded = search(listSize, count);
    if (candidates.size() < k) {
      // The entries reached too little of the graph; from the medoid everything can be reached.
      freshNodes[0] = medoid;
      expanded += search(listSize, 1);
    }
    top.reset(k);
    for (int i = 0; i < Math.min(k, candidates.size()); i++) {
      top.offer(vectors.vectorId(candidates.node(i)), candidates.distance(i), 0);
    }
    call.complete(
        top.result(
            new SearchStats(
                0, expanded, 0, 0, 0, 0, 0, exactDistances, 0, System.nanoTime() - start)));
  }

  // Searches from the nodes in freshNodes[0..count); returns how many nodes were expanded.
  private int search(int listSize, int count) {
    candidates.reset(listSize);
    seen.clear();
    int expanded = 0;
    int entered = 0;
    for (int i = 0; i < count; i++) {
      if (seen.add(freshNodes[i])) {
        freshNodes[entered++] = freshNodes[i];
      }
    }
    addFresh(entered);
    while (candidates.nearestUnexpanded() >= 0) {
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
    }
    return expanded;
  }

  private void addFresh(int count) {
    vectors.touch(freshNodes, count);
    exactDistance.between(
        query.address(), vectors.address(), vectors.strideBytes(), freshNodes, count, distances);
    exactDistances += count;
    for (int i = 0; i < count; i++) {
      candidates.add(freshNodes[i], distances[i]);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
