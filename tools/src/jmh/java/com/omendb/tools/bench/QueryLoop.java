package com.omendb.tools.bench;

import com.omendb.datasets.truth.RecallScorer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Threads that search all queries, over and over, for a time. The results of the first round are
/// kept and scored when the clock has stopped, so that scoring costs no engine anything.
final class QueryLoop {
  private final int queryCount;
  private final int k;
  private final RecallScorer scorer;

  /// @param k neighbours a query
  QueryLoop(int queryCount, int k, RecallScorer scorer) {
    this.queryCount = queryCount;
    this.k = k;
    this.scorer = scorer;
  }

  /// Searches every query at least once and for `seconds` at least.
  ///
  /// @throws IOException if an index cannot be read
  /// @throws IllegalStateException if a search finds fewer than k neighbours
  Measurement run(Engine engine, Effort effort, int threads, double seconds)
      throws IOException, InterruptedException {
    Round round = new Round(queryCount, k);
    AtomicInteger next = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch start = new CountDownLatch(1);
    Callable<Share> worker =
        () -> {
          Engine.Worker searcher;
          try {
            searcher = engine.newWorker();
          } finally {
            ready.countDown();
          }
          try (searcher) {
            start.await();
            return search(searcher, effort, next, round, (long) (seconds * 1e9));
          }
        };
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Share>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(pool.submit(worker));
      }
      ready.await();
      long begin = System.nanoTime();
      start.countDown();
      LatencyHistogram latencies = new LatencyHistogram();
      Costs costs = new Costs();
      for (Future<Share> future : futures) {
        Share share = resultOf(future);
        latencies.add(share.latencies());
        costs.add(share.costs());
      }
      double elapsed = (System.nanoTime() - begin) / 1e9;
      double searches = latencies.count();
      return new Measurement(
          round.recall(scorer),
          searches / elapsed,
          latencies,
          costs.expanded / searches,
          costs.approximateDistances / searches,
          costs.exactDistances / searches,
          costs.pageReads / searches);
    }
  }

  /// What one thread did.
  private record Share(LatencyHistogram latencies, Costs costs) {}

  private Share search(
      Engine.Worker searcher, Effort effort, AtomicInteger next, Round round, long minNanos)
      throws IOException {
    LatencyHistogram latencies = new LatencyHistogram();
    long start = System.nanoTime();
    long begin = start;
    while (true) {
      int position = next.getAndIncrement();
      if (position >= queryCount && begin - start >= minNanos) {
        return new Share(latencies, searcher.costs());
      }
      int query = position % queryCount;
      int found = searcher.search(query, effort);
      if (found != k) {
        throw new IllegalStateException("found=" + found + ", k=" + k + ", query=" + query);
      }
      if (position < queryCount) {
        round.keep(query, searcher);
      }
      long end = System.nanoTime();
      latencies.record(end - begin);
      begin = end;
    }
  }

  private static Share resultOf(Future<Share> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case null, default -> throw new IllegalStateException("a search failed", e);
      }
    }
  }

  /// The results of every query. Threads write apart.
  private static final class Round {
    private final int k;
    private final long[] ids;
    private final float[] distances;

    Round(int queryCount, int k) {
      this.k = k;
      this.ids = new long[queryCount * k];
      this.distances = new float[queryCount * k];
    }

    void keep(int query, Engine.Worker searcher) {
      int at = query * k;
      for (int rank = 0; rank < k; rank++) {
        ids[at + rank] = searcher.id(rank);
        distances[at + rank] = searcher.distance(rank);
      }
    }

    double recall(RecallScorer scorer) {
      long hits = 0;
      for (int at = 0; at < ids.length; at += k) {
        hits +=
            scorer.hits(
                at / k,
                Arrays.copyOfRange(ids, at, at + k),
                Arrays.copyOfRange(distances, at, at + k));
      }
      return (double) hits / ids.length;
    }
  }
}
