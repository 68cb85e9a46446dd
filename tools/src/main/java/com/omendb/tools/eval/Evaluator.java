package com.omendb.tools.eval;

import com.omendb.pagecache.memory.ProcessMemory;
import com.omendb.store.AnnIndex;
import com.omendb.vectors.Progress;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Measures settings of a search on an index: recall over every query, rate, latency, reads and
/// memory.
///
/// Unless the plan keeps the cache, each setting opens the index anew, so that it begins with an
/// empty page cache, and so do the warm-up and the pilot runs. Not thread-safe; the threads of the
/// plan are its own.
public final class Evaluator implements AutoCloseable {
  private static final long WARM_UP_MIN_QUERIES = 1000;
  private static final long WARM_UP_MIN_NANOS = 2_000_000_000L;
  private static final int PILOT_QUERIES = 500;

  private final EvalPlan plan;
  private final Progress progress;
  private @Nullable AnnIndex kept;
  private boolean warm;

  /// An evaluator; nothing is opened yet.
  public Evaluator(EvalPlan plan, Progress progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /// Measures one setting. The first call warms up first.
  ///
  /// @throws IOException if the index cannot be opened or read
  /// @throws IllegalArgumentException if the setting or the queries do not fit the index
  /// @throws IllegalStateException if a result is wrong
  public EvalRow measure(EvalSetting setting) throws IOException, InterruptedException {
    if (!warm) {
      warmUp(setting);
    }
    long residentBytesBefore = ProcessMemory.residentBytes();
    AnnIndex index = acquire();
    try {
      progress.phase("searchListSize " + setting.listSize(), plan.queryCount());
      Latencies latencies = new Latencies(plan.queryCount());
      QueryPass.Totals totals = QueryPass.overAll(plan, setting, index, progress).run(latencies);
      return row(setting, totals, latencies, residentBytesBefore);
    } finally {
      release(index);
    }
  }

  /// The recall of a setting on a sample of the queries, to plan a sweep with. Counts as warm-up.
  public double pilotRecall(EvalSetting setting) throws IOException, InterruptedException {
    int count = Math.min(PILOT_QUERIES, plan.queryCount());
    AnnIndex index = acquire();
    try {
      progress.phase("pilot, searchListSize " + setting.listSize(), count);
      return QueryPass.overSample(plan, setting, index, count, progress)
          .run(new Latencies(plan.queryCount()))
          .recall();
    } finally {
      release(index);
    }
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }

  private void warmUp(EvalSetting setting) throws IOException, InterruptedException {
    warm = true;
    boolean asLongAsItTakes = plan.warmUpQueries() == EvalPlan.DEFAULT_WARM_UP;
    long count = asLongAsItTakes ? WARM_UP_MIN_QUERIES : plan.warmUpQueries();
    if (count == 0) {
      return;
    }
    AnnIndex index = acquire();
    try {
      progress.phase("warm up", 0);
      QueryPass.repeating(
              plan, setting, index, count, asLongAsItTakes ? WARM_UP_MIN_NANOS : 0, progress)
          .run(new Latencies(plan.queryCount()));
    } finally {
      release(index);
    }
  }

  private AnnIndex acquire() throws IOException {
    if (kept != null) {
      return kept;
    }
    AnnIndex index = AnnIndex.open(plan.index(), plan.openOptions());
    if (plan.keepCache()) {
      kept = index;
    }
    return index;
  }

  private void release(AnnIndex index) {
    if (!plan.keepCache()) {
      index.close();
    }
  }

  private EvalRow row(
      EvalSetting setting, QueryPass.Totals totals, Latencies latencies, long residentBytesBefore) {
    double queries = totals.queries;
    long[] sorted = latencies.sorted();
    return new EvalRow(
        setting,
        plan.queryCount(),
        plan.k(),
        plan.threads(),
        plan.batchSize(),
        totals.recall(),
        totals.seconds,
        latencies.meanMicros(),
        Latencies.percentileMicros(sorted, 50),
        Latencies.percentileMicros(sorted, 99),
        new EvalRow.Costs(
            totals.pageReads / queries,
            totals.rounds / queries,
            totals.cacheHits / queries,
            totals.wastedReads / queries,
            totals.skippedPages / queries,
            totals.waitNanos / queries / 1e3,
            totals.computeNanos / queries / 1e3,
            totals.bytesRead / queries,
            totals.approximateDistances / queries,
            totals.exactDistances / queries),
        plan.openOptions().memoryBudgetBytes(),
        ProcessMemory.peakResidentBytes(),
        residentBytesBefore);
  }
}
