package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Metrics of a user that throw, or give null, at any of their calls. Invariants: every search
/// gives the result that it gives without them; no caller waits for ever; opening, building and
/// closing succeed; it is logged once.
@Timeout(120)
class FailingMetricsTest {
  private static final int COUNT = 600;
  private static final int QUERIES = 10;
  private static final int K = 5;

  @TempDir Path folder;

  private final Arena arena = Arena.ofShared();
  private final Logger logger = Logger.getLogger("com.omendb.vectors");
  private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getMessage().startsWith("OMEN-0005")) {
            logged.add(entry.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private VectorSource base = VectorSource.dense(arena.allocate(1), 0, 1, ElementType.INT8);
  private Path directory = Path.of("");

  /// Numbers its calls, and those that the predicate picks fail in one of three ways.
  private static final class Faulty implements Metrics {
    final AtomicInteger calls = new AtomicInteger();
    private final IntPredicate fails;

    Faulty(IntPredicate fails) {
      this.fails = fails;
    }

    // Whether to give null.
    private boolean call() {
      int call = calls.getAndIncrement();
      if (!fails.test(call)) {
        return false;
      }
      return switch (call % 3) {
        case 0 -> throw new IllegalStateException("the registry is closed");
        case 1 -> throw new NoClassDefFoundError("a registry");
        default -> true;
      };
    }

    @SuppressWarnings("NullAway") // The fault: null where the contract allows none.
    @Override
    public Counter counter(Meter meter, Labels labels) {
      return call() ? null : _ -> failOrPass();
    }

    @SuppressWarnings("NullAway") // The fault: null where the contract allows none.
    @Override
    public Latencies latencies(Meter meter, Labels labels) {
      return call() ? null : _ -> failOrPass();
    }

    @SuppressWarnings("NullAway") // The fault: null where the contract allows none.
    @Override
    public Observation observe(Meter meter, Labels labels, LongSupplier value) {
      return call() ? null : this::failOrPass;
    }

    private void failOrPass() {
      if (call()) {
        throw new IllegalStateException("no null to give");
      }
    }

    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("not to be asked");
    }

    @Override
    public int hashCode() {
      throw new IllegalStateException("not to be asked");
    }
  }

  @BeforeEach
  void build() throws Exception {
    long seed = Seeds.seed("FailingMetricsTest", 82);
    base = TestIndexes.clustered(COUNT, 8, ElementType.UINT8, seed, arena);
    directory = folder.resolve("index");
    TestIndexes.build(base, directory, buildOptions());
    logger.addHandler(handler);
  }

  @AfterEach
  void close() {
    logger.removeHandler(handler);
    arena.close();
  }

  private static BuildOptions buildOptions() {
    return TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
        .tuning(t -> t.codes("pq:4"))
        .build();
  }

  private static OpenOptions options(Residency residency) {
    return TestIndexes.quickOpen().toBuilder()
        .memoryBudgetBytes(20L << 20)
        .tuning(t -> t.residency(residency))
        .build();
  }

  private List<SearchResult> searchAll(AnnIndex index) throws Exception {
    List<SearchResult> results = new ArrayList<>();
    List<SearchRequest> batch = new ArrayList<>();
    for (int query = 0; query < QUERIES; query++) {
      SearchRequest request = SearchRequest.of(base, query, K);
      results.add(index.search(request));
      batch.add(request);
    }
    results.addAll(index.searchBatch(batch));
    return results;
  }

  private static void assertSame(List<SearchResult> expected, List<SearchResult> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).ids(), actual.get(i).ids());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "ALL"})
  void callersThatShareASearcherAreNotHurt(Residency residency) throws Exception {
    List<SearchResult> expected;
    try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
      expected = searchAll(index);
    }
    try (AnnIndex index =
        AnnIndex.open(
            directory, options(residency).toBuilder().metrics(new Faulty(_ -> true)).build())) {
      List<FutureTask<List<SearchResult>>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        FutureTask<List<SearchResult>> caller = new FutureTask<>(() -> searchAll(index));
        callers.add(caller);
        Thread.ofPlatform().start(caller);
      }
      for (FutureTask<List<SearchResult>> caller : callers) {
        assertSame(expected, caller.get());
      }
    }
    assertEquals(1, logged.size(), logged::toString);
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "ALL"})
  void anySingleCallMayFail(Residency residency) throws Exception {
    List<SearchResult> expected;
    try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
      expected = searchAll(index);
    }
    Faulty sound = new Faulty(_ -> false);
    openSearchClose(residency, sound, expected);
    assertEquals(0, logged.size(), logged::toString);
    int calls = sound.calls.get();
    assertTrue(calls > 50, "calls=" + calls);
    for (int fault = 0; fault < calls; fault += 1 + fault / 10) {
      int failing = fault;
      logged.clear();
      Faulty faulty = new Faulty(call -> call == failing);
      openSearchClose(residency, faulty, expected);
      assertTrue(faulty.calls.get() > failing);
      assertEquals(1, logged.size(), () -> failing + ": " + logged);
    }
  }

  private void openSearchClose(Residency residency, Metrics metrics, List<SearchResult> expected)
      throws Exception {
    try (AnnIndex index =
        AnnIndex.open(directory, options(residency).toBuilder().metrics(metrics).build())) {
      assertSame(expected, searchAll(index));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 11, 1_000_000})
  void aBuildSucceeds(int step) throws Exception {
    Path target = folder.resolve("built-" + step);
    Faulty faulty = new Faulty(call -> call % step == 0);
    TestIndexes.build(base, target, buildOptions().toBuilder().metrics(faulty).build());
    assertTrue(faulty.calls.get() > 20);
    assertEquals(1, logged.size(), logged::toString);
    try (AnnIndex index = AnnIndex.open(target, options(Residency.ALL))) {
      assertEquals(COUNT, index.info().count());
    }
  }
}
