package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.Searcher;
import com.omendb.store.metrics.InMemoryMetrics;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.LatencySnapshot;
import com.omendb.store.metrics.Meter;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: what the metrics of an index say is the sum of what its searches say, whoever runs
/// them and however; failures are counted by what they are; gauges are there while the index is
/// open, counters stay; the Flight Recorder has an event of each search with the same figures.
@Timeout(120)
class DiskAnnMetricsTest {
  private static final int COUNT = 1_200;
  private static final int DIMENSION = 24;
  private static final int QUERIES = 40;

  @TempDir Path folder;

  private final Arena arena = Arena.ofShared();
  private final InMemoryMetrics metrics = new InMemoryMetrics();
  private Path directory;
  private Labels labels;
  private VectorSource queries;

  @BeforeEach
  void build() throws IOException {
    long seed = Seeds.seed("DiskAnnMetricsTest", 72);
    VectorSource base = TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, seed, arena);
    queries = TestIndexes.queries(COUNT, DIMENSION, ElementType.UINT8, seed, QUERIES, arena);
    directory = folder.resolve("index");
    labels = Labels.of(Labels.INDEX, directory.toString());
    TestIndexes.build(base, directory, TestIndexes.quickBuild("diskann", Metric.SQUARED_L2));
  }

  @AfterEach
  void close() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void metricsAddUpWithTheStatsOfTheSearches(Residency residency) throws Exception {
    List<SearchStats> stats = new ArrayList<>();
    try (AnnIndex index = AnnIndex.open(directory, options(residency, 2))) {
      for (int query = 0; query < QUERIES; query++) {
        stats.add(index.search(request(query)).stats());
      }
      index.searchBatch(requests()).forEach(result -> stats.add(result.stats()));
      try (Searcher searcher = index.newSearcher()) {
        stats.add(searcher.search(request(0)).stats());
        searcher.searchBatch(requests()).forEach(result -> stats.add(result.stats()));
      }
      assertAddsUp(stats);
      assertEquals(0, value(Meter.SEARCHES_RUNNING));
      assertEquals(0, value(Meter.SEARCHES_QUEUED));
      assertEquals(0, value(Meter.PAGES_IN_FLIGHT));
      assertMemory(index, residency);
    }
    assertAddsUp(stats);
    for (InMemoryMetrics.Reading reading : metrics.readings()) {
      assertEquals(Meter.Kind.COUNTER, reading.meter().kind(), reading::toString);
    }
    try (AnnIndex index = AnnIndex.open(directory, options(residency, 1))) {
      stats.add(index.search(request(1)).stats());
      assertAddsUp(stats);
    }
  }

  @Test
  void searchesOfManyThreadsAddUp() throws Exception {
    List<SearchStats> stats = new ArrayList<>();
    try (AnnIndex index = AnnIndex.open(directory, options(Residency.PAGES, 2));
        ExecutorService threads = Executors.newFixedThreadPool(6)) {
      Callable<List<SearchResult>> searches =
          () -> {
            List<SearchResult> results = new ArrayList<>();
            for (int query = 0; query < QUERIES; query++) {
              results.add(index.search(request(query)));
            }
            return results;
          };
      List<Future<List<SearchResult>>> futures = new ArrayList<>();
      for (int thread = 0; thread < 6; thread++) {
        futures.add(threads.submit(searches));
      }
      for (Future<List<SearchResult>> future : futures) {
        future.get().forEach(result -> stats.add(result.stats()));
      }
    }
    assertAddsUp(stats);
  }

  private void assertAddsUp(List<SearchStats> stats) {
    assertEquals(stats.size(), value(Meter.SEARCHES));
    assertEquals(sum(stats.stream().map(SearchStats::pageReads)), value(Meter.PAGE_READS));
    assertEquals(sum(stats.stream().map(SearchStats::bytesRead)), value(Meter.PAGE_BYTES));
    assertEquals(
        sum(stats.stream().map(SearchStats::cacheHits)),
        value(Meter.PAGE_HITS) + value(Meter.PAGE_JOINS));
    assertEquals(sum(stats.stream().map(SearchStats::wastedReads)), value(Meter.PAGES_WASTED));
    assertEquals(
        sum(stats.stream().map(SearchStats::waitNanos)) / 1e9, value(Meter.SEARCH_WAIT), 1e-9);
    assertEquals(0, metrics.total(Meter.SEARCH_FAILURES));
    assertEquals(0, value(Meter.SEARCHES_DEGRADED));
    LatencySnapshot latencies = metrics.latencySnapshot(Meter.SEARCH_LATENCY, labels);
    assertEquals(stats.size(), latencies.count());
    // Each search took at least as long as it says itself.
    assertTrue(latencies.sumNanos() >= sum(stats.stream().map(SearchStats::totalNanos)));
  }

  private static double sum(Stream<? extends Number> values) {
    return values.mapToLong(Number::longValue).sum();
  }

  private void assertMemory(AnnIndex index, Residency residency) {
    assertEquals((double) index.info().memoryBudgetBytes(), value(Meter.MEMORY_BUDGET));
    index
        .info()
        .memoryBytes()
        .forEach(
            (purpose, bytes) ->
                assertEquals(
                    (double) bytes,
                    metrics.value(Meter.MEMORY_RESERVED, labels.and(Labels.PURPOSE, purpose)),
                    purpose));
    assertTrue(value(Meter.CACHE_RESIDENT) <= value(Meter.CACHE_CAPACITY));
    assertEquals(residency != Residency.ALL, value(Meter.CACHE_RESIDENT) > 0);
  }

  @Test
  void failuresAreCountedByWhatTheyAre() throws Exception {
    Path pages = TestFiles.file(directory, "base.pages");
    int pageCount = (int) (Files.size(pages) / 4096) - 1;
    for (int page = 0; page < pageCount; page++) {
      TestFiles.flip(pages, (page + 1L) * 4096 + 77, 4);
    }
    try (AnnIndex index = AnnIndex.open(directory, options(Residency.PAGES, 1))) {
      assertThrows(CorruptFileException.class, () -> index.search(request(0)));
      assertEquals(1, failures("corrupt"));
      double damaged = value(Meter.PAGE_CHECKSUM_FAILURES);
      double again = value(Meter.PAGE_RETRIES);
      assertTrue(again >= 1, () -> "again=" + again);
      assertEquals(2 * again, damaged, "each is read twice");
      assertEquals(0, value(Meter.PAGE_READ_FAILURES));
      SearchRequest misfit = SearchRequest.ofUint8(new byte[DIMENSION + 1], 1);
      assertThrows(IllegalArgumentException.class, () -> index.search(misfit));
      assertEquals(1, failures("request"));
      assertThrows(
          IllegalArgumentException.class, () -> index.searchBatch(List.of(request(0), misfit)));
      assertEquals(2, failures("request"));
      assertEquals(0, value(Meter.SEARCHES));
      SearchResult degraded = index.search(request(0).toBuilder().degraded(true).build());
      assertTrue(degraded.stats().skippedPages() > 0);
      assertEquals(1, value(Meter.SEARCHES_DEGRADED));
      assertEquals(1, value(Meter.SEARCHES));
      assertEquals(3, metrics.total(Meter.SEARCH_FAILURES));
    }
  }

  @Test
  void everySearchIsRecordedForWhoAsks() throws Exception {
    List<SearchStats> stats = new ArrayList<>();
    List<RecordedEvent> events;
    try (AnnIndex index =
            AnnIndex.open(
                directory,
                TestIndexes.quickOpen().toBuilder().memoryBudgetBytes(20L << 20).build());
        Recording recording = new Recording()) {
      recording.enable("com.omendb.Search").withoutThreshold();
      recording.start();
      for (int query = 0; query < QUERIES; query++) {
        stats.add(index.search(request(query).toBuilder().searchListSize(30).build()).stats());
      }
      SearchRequest misfit = SearchRequest.ofUint8(new byte[DIMENSION + 1], 1);
      assertThrows(IllegalArgumentException.class, () -> index.search(misfit));
      events = eventsOf(recording);
    }
    assertEquals(QUERIES + 1, events.size());
    events.sort((a, b) -> a.getStartTime().compareTo(b.getStartTime()));
    for (int query = 0; query < QUERIES; query++) {
      RecordedEvent event = events.get(query);
      SearchStats of = stats.get(query);
      assertEquals(directory.toString(), event.getString("index"));
      assertEquals(10, event.getInt("k"));
      assertEquals(30, event.getInt("searchListSize"));
      assertEquals(of.rounds(), event.getInt("rounds"));
      assertEquals(of.pageReads(), event.getInt("pageReads"));
      assertEquals(of.cacheHits(), event.getInt("cacheHits"));
      assertEquals(of.wastedReads(), event.getInt("wastedReads"));
      assertEquals(of.skippedPages(), event.getInt("skippedPages"));
      assertEquals(of.bytesRead(), event.getLong("bytesRead"));
      assertEquals(of.expanded(), event.getInt("expanded"));
      assertEquals(of.approximateDistances(), event.getInt("approximateDistances"));
      assertEquals(of.exactDistances(), event.getInt("exactDistances"));
      assertEquals(of.waitNanos(), event.getDuration("waitNanos").toNanos());
      assertTrue(event.getDuration("queueNanos").toNanos() >= 0);
      assertTrue(event.getDuration().toNanos() > 0);
      assertEquals(null, event.getString("failure"));
    }
    String failure = events.getLast().getString("failure");
    assertNotNull(failure);
    assertTrue(failure.contains("IllegalArgumentException"), failure);
  }

  private List<RecordedEvent> eventsOf(Recording recording) throws IOException {
    recording.stop();
    Path dump = folder.resolve("recording.jfr");
    recording.dump(dump);
    return new ArrayList<>(RecordingFile.readAllEvents(dump));
  }

  private OpenOptions options(Residency residency, int searchers) {
    return TestIndexes.quickOpen().toBuilder()
        .maxSearchers(searchers)
        .metrics(metrics)
        .tuning(t -> t.residency(residency))
        .build();
  }

  private SearchRequest request(int query) {
    return SearchRequest.of(queries, query, 10);
  }

  private List<SearchRequest> requests() {
    return IntStream.range(0, QUERIES).mapToObj(this::request).toList();
  }

  private double value(Meter meter) {
    return metrics.value(meter, labels);
  }

  private double failures(String type) {
    return metrics.value(Meter.SEARCH_FAILURES, labels.and(Labels.TYPE, type));
  }
}
