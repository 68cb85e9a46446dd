package com.omendb.tools.eval;

import com.omendb.datasets.truth.RecallScorer;
import com.omendb.datasets.truth.TruthCheck;
import com.omendb.datasets.truth.TruthReading;
import com.omendb.store.AnnIndex;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.Searcher;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongToIntFunction;

/// One pass of queries over an open index: threads take the next query from a shared counter, each
/// with a searcher of its own. Every result is checked and scored. Used once.
final class QueryPass {
  private final EvalPlan plan;
  private final EvalSetting setting;
  private final AnnIndex index;
  private final Progress progress;
  private final LongToIntFunction queryOf;
  private final long limit;
  private final long minNanos;
  private final AtomicLong next = new AtomicLong();
  private volatile boolean failed;

  private QueryPass(
      EvalPlan plan,
      EvalSetting setting,
      AnnIndex index,
      Progress progress,
      LongToIntFunction queryOf,
      long limit,
      long minNanos) {
    this.plan = plan;
    this.setting = setting;
    this.index = index;
    this.progress = progress;
    this.queryOf = queryOf;
    this.limit = limit;
    this.minNanos = minNanos;
  }

  /// A pass over every query, once.
  static QueryPass overAll(EvalPlan plan, EvalSetting setting, AnnIndex index, Progress progress) {
    return new QueryPass(
        plan, setting, index, progress, position -> (int) position, plan.queryCount(), 0);
  }

  /// A pass over `count` queries spread evenly over the file.
  static QueryPass overSample(
      EvalPlan plan, EvalSetting setting, AnnIndex index, int count, Progress progress) {
    long all = plan.queryCount();
    return new QueryPass(
        plan, setting, index, progress, position -> (int) (position * all / count), count, 0);
  }

  /// A pass that begins anew at the end of the file, until `count` queries are searched and
  /// `minNanos` have passed.
  static QueryPass repeating(
      EvalPlan plan,
      EvalSetting setting,
      AnnIndex index,
      long count,
      long minNanos,
      Progress progress) {
    int all = plan.queryCount();
    return new QueryPass(
        plan, setting, index, progress, position -> (int) (position % all), count, minNanos);
  }

  /// What a pass found, added up.
  static final class Totals {
    long queries;
    long hits;
    long wantedHits;
    long pageReads;
    long rounds;
    long cacheHits;
    long wastedReads;
    long skippedPages;
    long waitNanos;
    long computeNanos;
    long bytesRead;
    long approximateDistances;
    long exactDistances;
    double seconds;

    private void add(SearchStats stats, int queryHits, int wanted) {
      queries++;
      hits += queryHits;
      wantedHits += wanted;
      pageReads += stats.pageReads();
      rounds += stats.rounds();
      cacheHits += stats.cacheHits();
      wastedReads += stats.wastedReads();
      skippedPages += stats.skippedPages();
      waitNanos += stats.waitNanos();
      computeNanos += stats.computeNanos();
      bytesRead += stats.bytesRead();
      approximateDistances += stats.approximateDistances();
      exactDistances += stats.exactDistances();
    }

    private void add(Totals other) {
      queries += other.queries;
      hits += other.hits;
      wantedHits += other.wantedHits;
      pageReads += other.pageReads;
      rounds += other.rounds;
      cacheHits += other.cacheHits;
      wastedReads += other.wastedReads;
      skippedPages += other.skippedPages;
      waitNanos += other.waitNanos;
      computeNanos += other.computeNanos;
      bytesRead += other.bytesRead;
      approximateDistances += other.approximateDistances;
      exactDistances += other.exactDistances;
    }

    double recall() {
      return (double) hits / wantedHits;
    }
  }

  /// Searches.
  ///
  /// @param latencies gets the time of each query
  /// @throws IllegalStateException if a result is wrong
  /// @throws com.omendb.datasets.truth.WrongTruthException if a result proves the truth wrong
  /// @throws IOException if the index cannot be read
  Totals run(Latencies latencies) throws IOException, InterruptedException {
    CountDownLatch ready = new CountDownLatch(plan.threads());
    CountDownLatch start = new CountDownLatch(1);
    AtomicLong startNanos = new AtomicLong();
    Callable<Totals> worker =
        () -> {
          try (Searcher searcher = openSearcher(ready)) {
            start.await();
            return search(searcher, startNanos.get(), latencies);
          } catch (Exception | Error e) {
            failed = true;
            throw e;
          }
        };
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            plan.threads(), Thread.ofPlatform().name("omen-eval-", 0).daemon().factory())) {
      List<Future<Totals>> futures = new ArrayList<>();
      for (int i = 0; i < plan.threads(); i++) {
        futures.add(pool.submit(worker));
      }
      ready.await();
      startNanos.set(System.nanoTime());
      start.countDown();
      Totals totals = new Totals();
      for (Future<Totals> future : futures) {
        totals.add(resultOf(future));
      }
      totals.seconds = (System.nanoTime() - startNanos.get()) / 1e9;
      return totals;
    }
  }

  private Searcher openSearcher(CountDownLatch ready) {
    try {
      return index.newSearcher();
    } finally {
      ready.countDown();
    }
  }

  private Totals search(Searcher searcher, long startNanos, Latencies latencies)
      throws IOException {
    VectorSource queries = plan.queries();
    RecallScorer scorer = new RecallScorer(plan.truth(), plan.k());
    TruthCheck check =
        new TruthCheck(plan.truth(), TruthReading.AS_IT_IS, index.info().metric(), queries);
    long idRange = index.info().idRange();
    long expectedCount = Math.min(plan.k(), index.info().count());
    Totals totals = new Totals();
    List<SearchRequest> requests = new ArrayList<>();
    while (!failed) {
      long position = next.getAndAdd(plan.batchSize());
      if (position >= limit && (minNanos == 0 || System.nanoTime() - startNanos >= minNanos)) {
        break;
      }
      long end = position + plan.batchSize();
      if (minNanos == 0) {
        end = Math.min(limit, end);
      }
      requests.clear();
      for (long at = position; at < end; at++) {
        requests.add(
            setting.apply(SearchRequest.builder(queries, queryOf.applyAsInt(at), plan.k())));
      }
      long begin = System.nanoTime();
      List<SearchResult> results =
          plan.batchSize() == 1
              ? List.of(searcher.search(requests.getFirst()))
              : searcher.searchBatch(requests);
      long nanos = System.nanoTime() - begin;
      for (int i = 0; i < results.size(); i++) {
        int query = queryOf.applyAsInt(position + i);
        SearchResult result = results.get(i);
        // In a batch each query has a time of its own.
        latencies.record(query, plan.batchSize() == 1 ? nanos : result.stats().totalNanos());
        long[] ids = result.ids();
        float[] distances = result.distances();
        // What lay in pages that were left out may be missing.
        long required = result.stats().skippedPages() == 0 ? expectedCount : ids.length;
        ResultChecks.require(query, ids, distances, required, idRange);
        check.requireNoneNearer(query, distances);
        totals.add(result.stats(), scorer.hits(query, ids, distances), scorer.wanted(query));
        progress.advance(1);
      }
    }
    return totals;
  }

  private static Totals resultOf(Future<Totals> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException("a search failed", e);
      }
    }
  }
}
