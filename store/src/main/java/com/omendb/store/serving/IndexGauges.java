package com.omendb.store.serving;

import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.memory.MemoryBudget;
import com.omendb.pagecache.memory.ProcessMemory;
import com.omendb.pagecache.read.PageFile;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// What an open index counts anyway, for its [Metrics] to look at until it is closed.
public final class IndexGauges implements AutoCloseable {
  private final Metrics metrics;
  private final Labels labels;
  private final List<Metrics.Observation> observations = new ArrayList<>();

  public IndexGauges(Path directory, Metrics metrics) {
    this.metrics = metrics;
    this.labels = Labels.of(Labels.INDEX, directory.toString());
  }

  /// Adds the memory budget and what was reserved from it.
  public void addMemory(MemoryBudget budget) {
    observe(Meter.MEMORY_BUDGET, budget::totalBytes);
    budget
        .reservedByPurpose()
        .forEach(
            (purpose, bytes) ->
                observations.add(
                    metrics.observe(
                        Meter.MEMORY_RESERVED, labels.and(Labels.PURPOSE, purpose), () -> bytes)));
    observations.add(
        metrics.observe(Meter.PROCESS_RESIDENT, Labels.NONE, ProcessMemory::residentBytes));
  }

  /// Adds the searches under way.
  public void addSearches(SearcherPool searchers, CloseGuard guard) {
    observe(Meter.SEARCHES_RUNNING, guard::inside);
    observe(Meter.SEARCHES_QUEUED, searchers::queued);
  }

  /// Adds the page file.
  public void addFile(PageFile file) {
    observe(Meter.PAGE_RETRIES, file::pagesReadAgain);
    observe(Meter.PAGE_CHECKSUM_FAILURES, file::pagesDamaged);
    observe(Meter.PAGE_READ_FAILURES, file::pagesUnreadable);
  }

  /// Adds the page cache.
  public void addCache(PageCache cache, int pageBytes) {
    observe(Meter.PAGE_READS, cache::reads);
    observe(Meter.PAGE_BYTES, () -> cache.reads() * pageBytes);
    observe(Meter.PAGE_HITS, cache::hits);
    observe(Meter.PAGE_JOINS, cache::joins);
    observe(Meter.PAGE_EVICTIONS, cache::evictions);
    observe(Meter.PAGES_IN_FLIGHT, cache::readsInFlight);
    observe(Meter.CACHE_RESIDENT, () -> (long) cache.residentPages() * pageBytes);
    observe(Meter.CACHE_CAPACITY, () -> (long) cache.frameCount() * pageBytes);
  }

  private void observe(Meter meter, LongSupplier value) {
    observations.add(metrics.observe(meter, labels, value));
  }

  @Override
  public void close() {
    observations.forEach(Metrics.Observation::close);
    observations.clear();
  }
}
