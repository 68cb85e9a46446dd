package com.omendb.tools.bench;

import com.omendb.store.SearchResult;

/// One thread of a [Load]. It goes on after an error, so that a run shows whether searches recover.
final class LoadCaller implements Runnable {
  private final LoadPlan plan;
  private final long countFrom;
  private final long end;
  private final Tally tally = new Tally();

  /// @param countFrom time of [System#nanoTime()] from which searches are counted
  /// @param end time at which no more searches begin
  LoadCaller(LoadPlan plan, long countFrom, long end) {
    this.plan = plan;
    this.countFrom = countFrom;
    this.end = end;
  }

  /// What callers found. Errors count from the start, all else after the warm-up.
  static final class Tally {
    final LatencyHistogram latencies = new LatencyHistogram();
    long hits;
    long errors;
    Throwable firstError;

    void add(Tally other) {
      latencies.add(other.latencies);
      hits += other.hits;
      errors += other.errors;
      firstError = firstError == null ? other.firstError : firstError;
    }

    double recall(int k) {
      return hits / ((double) latencies.count() * k);
    }
  }

  /// What this caller found; to be read when its thread has ended.
  Tally tally() {
    return tally;
  }

  @Override
  public void run() {
    for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
      try {
        search(begin);
      } catch (Exception | Error e) {
        tally.errors++;
        tally.firstError = tally.firstError == null ? e : tally.firstError;
      }
    }
  }

  private void search(long begin) throws Exception {
    long query = plan.nextQuery();
    SearchResult result = plan.index().search(plan.request(query));
    long elapsed = System.nanoTime() - begin;
    requireSound(query, result);
    if (begin >= countFrom) {
      tally.latencies.record(elapsed);
      tally.hits += plan.scorer().hits(query, result.ids(), result.distances());
    }
  }

  /// k ids of the index with ascending distances; ids that came twice only miss in the recall.
  private void requireSound(long query, SearchResult result) {
    boolean sound = result.count() == plan.k();
    for (int rank = 0; sound && rank < plan.k(); rank++) {
      sound =
          result.id(rank) >= 0
              && result.id(rank) < plan.indexCount()
              && (rank == 0 || result.distance(rank) >= result.distance(rank - 1));
    }
    if (!sound) {
      throw new IllegalStateException("wrong result: query=" + query + ", result=" + result);
    }
  }
}
