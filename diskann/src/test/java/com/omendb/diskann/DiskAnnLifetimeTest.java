package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.ReadEngine;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An open index under its memory budget, among threads, and when it is closed. Invariants: the
/// smallest budget that a refusal names is enough and one byte less is not; what is reserved never
/// exceeds the budget; results depend neither on the frames nor on other searches; closing waits
/// for searches, ends waits, and every later call is refused.
@Timeout(120)
class DiskAnnLifetimeTest {
  private static final int COUNT = 1_200;
  private static final int K = 10;

  @TempDir static Path directory;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);

  @BeforeAll
  static void build() throws Exception {
    base = TestIndexes.clustered(COUNT, 32, ElementType.FLOAT32, 40, ARENA);
    TestIndexes.build(
        base,
        directory,
        TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
            .tuning(t -> t.codes("pq:8"))
            .build());
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void theSmallestBudgetNamedIsEnoughAndOneByteLessIsNot(int maxSearchers) throws Exception {
    OpenOptions options = TestIndexes.quickOpen().toBuilder().maxSearchers(maxSearchers).build();
    MemoryBudgetException refusal =
        assertThrows(
            MemoryBudgetException.class,
            () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()));
    long smallest = refusal.smallestBudgetBytes();
    TestFiles.assertMentions(String.valueOf(smallest), refusal);
    List<SearchResult> expected = results(options);
    assertSame(expected, results(options.toBuilder().memoryBudgetBytes(smallest).build()));
    MemoryBudgetException again =
        assertThrows(
            MemoryBudgetException.class,
            () ->
                AnnIndex.open(
                    directory, options.toBuilder().memoryBudgetBytes(smallest - 1).build()));
    assertEquals(smallest, again.smallestBudgetBytes());
  }

  @Test
  void everyBudgetIsKeptToAndGivesTheSameResults() throws Exception {
    OpenOptions options = TestIndexes.quickOpen().toBuilder().maxSearchers(2).build();
    long smallest =
        assertThrows(
                MemoryBudgetException.class,
                () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()))
            .smallestBudgetBytes();
    List<SearchResult> expected = results(options);
    long framesBefore = 0;
    for (long more : new long[] {1, 4095, 4096, 5000, 100_000, 1 << 20, 1L << 40}) {
      try (AnnIndex index =
          AnnIndex.open(
              directory, options.toBuilder().memoryBudgetBytes(smallest + more).build())) {
        long reserved = index.info().reservedBytes();
        assertTrue(reserved <= smallest + more, "reserved=" + reserved);
        assertTrue(reserved >= smallest - 4096);
        assertEquals(smallest + more, index.info().memoryBudgetBytes());
        long frames = index.info().memoryBytes().getOrDefault("page frames", 0L);
        assertTrue(frames >= framesBefore, "more budget, fewer frames");
        framesBefore = frames;
      }
      assertSame(expected, results(options.toBuilder().memoryBudgetBytes(smallest + more).build()));
    }
  }

  @Test
  void buffersOfTheOperatingSystemGiveTheSameResults() throws Exception {
    assertSame(
        results(TestIndexes.quickOpen()),
        results(TestIndexes.quickOpen().toBuilder().tuning(t -> t.directIo(false)).build()));
  }

  @ParameterizedTest
  @EnumSource(ReadEngine.class)
  void everyReadEngineGivesTheSameResultsAndIsTold(ReadEngine engine) throws Exception {
    OpenOptions options = TestIndexes.quickOpen();
    assumeTrue(engine != ReadEngine.IO_URING || bestEngine() == engine, "no io_uring here");
    try (AnnIndex index =
        AnnIndex.open(directory, options.toBuilder().tuning(t -> t.readEngine(engine)).build())) {
      assertEquals(Optional.of(engine), index.info().readEngine());
      assertSame(results(options), results(index));
    }
  }

  private ReadEngine bestEngine() throws IOException {
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      return index.info().readEngine().orElseThrow();
    }
  }

  @Test
  void concurrentSearchesGiveTheResultsOfOneThread() throws Exception {
    List<SearchResult> expected = results(TestIndexes.quickOpen());
    OpenOptions options = TestIndexes.quickOpen().toBuilder().maxSearchers(2).build();
    long smallest =
        assertThrows(
                MemoryBudgetException.class,
                () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()))
            .smallestBudgetBytes();
    // So few frames stay that threads keep evicting each other's pages.
    OpenOptions tight = options.toBuilder().memoryBudgetBytes(smallest + 40_000).build();
    try (AnnIndex index = AnnIndex.open(directory, tight);
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      Callable<List<SearchResult>> work = () -> results(index);
      for (Future<List<SearchResult>> future : executor.invokeAll(Collections.nCopies(8, work))) {
        assertSame(expected, future.get());
      }
    }
  }

  @Test
  void searchersAreLentUpToTheNumberReserved() throws Exception {
    try (AnnIndex index =
        AnnIndex.open(directory, TestIndexes.quickOpen().toBuilder().maxSearchers(2).build())) {
      Searcher first = index.newSearcher();
      Searcher second = index.newSearcher();
      IllegalStateException e = assertThrows(IllegalStateException.class, index::newSearcher);
      TestFiles.assertMentions("maxSearchers=2", e);
      SearchRequest request = SearchRequest.of(base, 5, K);
      assertArrayEquals(first.search(request).ids(), second.search(request).ids());
      first.close();
      first.close();
      assertThrows(IllegalStateException.class, () -> first.search(request));
      try (Searcher third = index.newSearcher()) {
        assertArrayEquals(second.search(request).ids(), third.search(request).ids());
        assertThrows(IllegalStateException.class, index::newSearcher);
      }
      assertEquals(K, index.search(request).count());
      second.close();
    }
  }

  @Test
  void aClosedIndexRefusesEverythingButToBeClosed() throws Exception {
    AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen());
    Searcher lent = index.newSearcher();
    SearchRequest request = SearchRequest.of(base, 0, K);
    index.close();
    index.close();
    assertThrows(IllegalStateException.class, () -> index.search(request));
    assertThrows(IllegalStateException.class, index::newSearcher);
    assertThrows(IllegalStateException.class, () -> lent.search(request));
    lent.close();
    index.close();
    assertEquals(COUNT, index.info().count());
  }

  @Test
  void closingWaitsForSearchesAndRefusesTheNext() throws Exception {
    int threads = 4;
    for (int round = 0; round < 5; round++) {
      AnnIndex index =
          AnnIndex.open(directory, TestIndexes.quickOpen().toBuilder().maxSearchers(2).build());
      CountDownLatch allSearched = new CountDownLatch(threads);
      try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
        List<Future<Integer>> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          workers.add(executor.submit(() -> searchUntilClosed(index, allSearched)));
        }
        allSearched.await();
        index.close();
        assertThrows(IllegalStateException.class, () -> index.search(SearchRequest.of(base, 0, K)));
        for (Future<Integer> worker : workers) {
          assertTrue(worker.get() > 0);
        }
      }
    }
  }

  /// Searches until the index refuses; any other exception fails the test.
  private static int searchUntilClosed(AnnIndex index, CountDownLatch allSearched)
      throws Exception {
    for (int searches = 1; ; searches++) {
      try {
        assertEquals(K, index.search(SearchRequest.of(base, searches % COUNT, K)).count());
      } catch (IllegalStateException _) {
        return searches;
      } finally {
        allSearched.countDown();
      }
    }
  }

  @Test
  void closingEndsTheWaitForASearcherThatIsLent() throws Exception {
    AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen());
    Searcher lent = index.newSearcher();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      CountDownLatch begun = new CountDownLatch(2);
      List<Future<?>> waiters = new ArrayList<>();
      List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 2; i++) {
        waiters.add(
            executor.submit(
                () -> {
                  threads.add(Thread.currentThread());
                  begun.countDown();
                  assertThrows(
                      IllegalStateException.class,
                      () -> index.search(SearchRequest.of(base, 0, K)));
                }));
      }
      begun.await();
      for (Thread thread : threads) {
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      }
      index.close();
      for (Future<?> waiter : waiters) {
        waiter.get();
      }
      lent.close();
    }
  }

  private static List<SearchResult> results(OpenOptions options) throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options)) {
      return results(index);
    }
  }

  private static List<SearchResult> results(AnnIndex index) throws Exception {
    List<SearchResult> results = new ArrayList<>();
    for (int row = 0; row < COUNT; row += 25) {
      results.add(index.search(SearchRequest.of(base, row, K)));
    }
    return results;
  }

  private static void assertSame(List<SearchResult> expected, List<SearchResult> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).ids(), actual.get(i).ids());
      assertArrayEquals(expected.get(i).distances(), actual.get(i).distances());
    }
  }
}
