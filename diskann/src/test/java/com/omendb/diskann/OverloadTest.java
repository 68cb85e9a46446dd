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
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
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
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Far more callers than searchers, interrupts, closing in the middle of it all, many indexes at
/// one time. Invariants: every search gives the result that it gives alone, or is refused because
/// the index is closed; interrupts change nothing and stay pending; everybody gets a turn; when all
/// is closed the process holds as many file descriptors as before, no ring, and no more memory.
@Timeout(180)
class OverloadTest {
  private static final int COUNT = 1_500;
  private static final int QUERIES = 100;
  private static final int K = 10;
  private static final List<Residency> RESIDENCIES =
      List.of(Residency.ALL, Residency.GRAPH, Residency.GROUPS, Residency.PAGES);

  @TempDir static Path directory;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);

  @BeforeAll
  static void build() throws Exception {
    base = TestIndexes.clustered(COUNT, 32, ElementType.UINT8, 45, ARENA);
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

  private static SearchRequest request(int query) {
    return SearchRequest.of(base, query, K);
  }

  /// Options for two searchers, and as little memory as works, so that pages come and go.
  private static OpenOptions options(Residency residency) {
    OpenOptions options =
        TestIndexes.quickOpen().toBuilder()
            .maxSearchers(2)
            .tuning(t -> t.residency(residency))
            .build();
    MemoryBudgetException refusal =
        assertThrows(
            MemoryBudgetException.class,
            () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()));
    return options.toBuilder().memoryBudgetBytes(refusal.smallestBudgetBytes()).build();
  }

  private static List<SearchResult> expected(AnnIndex index) throws IOException {
    List<SearchResult> results = new ArrayList<>();
    for (int query = 0; query < QUERIES; query++) {
      results.add(index.search(request(query)));
    }
    return results;
  }

  private static void assertSame(SearchResult expected, SearchResult actual) {
    assertArrayEquals(expected.ids(), actual.ids());
    assertArrayEquals(expected.distances(), actual.distances());
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GRAPH", "ALL"})
  void thousandsOfVirtualThreadsAreServed(Residency residency) throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
      List<SearchResult> expected = expected(index);
      serve(index, expected, Thread.ofVirtual().factory(), 2_000, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "ALL"})
  void hundredsOfPlatformThreadsAreServed(Residency residency) throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options(residency))) {
      List<SearchResult> expected = expected(index);
      serve(index, expected, Thread.ofPlatform().daemon().factory(), 300, 10);
    }
  }

  // Most search alone; some give batches, and some are interrupted all the time.
  private static void serve(
      AnnIndex index, List<SearchResult> expected, ThreadFactory threads, int count, int rounds)
      throws Exception {
    SplittableRandom seeds = Seeds.random("serve", 46);
    ConcurrentLinkedQueue<Thread> interrupted = new ConcurrentLinkedQueue<>();
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SplittableRandom random = seeds.split();
      boolean batches = i % 50 == 0;
      Callable<Boolean> work =
          () -> {
            for (int round = 0; round < rounds; round++) {
              int query = random.nextInt(QUERIES - 5);
              if (batches) {
                List<SearchRequest> requests =
                    Stream.iterate(query, q -> q + 1).limit(5).map(q -> request(q)).toList();
                List<SearchResult> found = index.searchBatch(requests);
                for (int j = 0; j < 5; j++) {
                  assertSame(expected.get(query + j), found.get(j));
                }
              } else {
                assertSame(expected.get(query), index.search(request(query)));
              }
            }
            return Thread.interrupted();
          };
      FutureTask<Boolean> task = new FutureTask<>(work);
      tasks.add(task);
      Thread thread = threads.newThread(task);
      if (i % 10 == 1) {
        interrupted.add(thread);
      }
      thread.start();
    }
    // Before and while they search.
    interrupted.forEach(Thread::interrupt);
    for (FutureTask<Boolean> task : tasks) {
      while (!task.isDone()) {
        interrupted.forEach(Thread::interrupt);
        Thread.onSpinWait();
      }
      task.get();
    }
  }

  @Test
  void anInterruptBeforeASearchOrABatchStaysPending() throws Exception {
    try (AnnIndex index = AnnIndex.open(directory, options(Residency.PAGES))) {
      List<SearchResult> expected = expected(index);
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                Thread.currentThread().interrupt();
                assertSame(expected.get(3), index.search(request(3)));
                assertTrue(Thread.currentThread().isInterrupted());
                assertSame(expected.get(4), index.searchBatch(List.of(request(4))).getFirst());
                try (Searcher searcher = index.newSearcher()) {
                  assertSame(expected.get(5), searcher.search(request(5)));
                }
                return Thread.interrupted();
              });
      Thread.ofPlatform().start(task);
      assertTrue(task.get());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "ALL"})
  void closingAmongThousandsOfSearchesEndsThemAll(Residency residency) throws Exception {
    SplittableRandom seeds = Seeds.random("closing", 47);
    for (int round = 0; round < 3; round++) {
      AnnIndex index = AnnIndex.open(directory, options(residency));
      List<SearchResult> expected = expected(index);
      CountDownLatch searched = new CountDownLatch(100);
      List<FutureTask<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        SplittableRandom random = seeds.split();
        boolean batches = i % 20 == 0;
        FutureTask<Void> task =
            new FutureTask<>(() -> searchUntilClosed(index, expected, random, batches, searched));
        tasks.add(task);
        Thread.ofVirtual().start(task);
      }
      searched.await();
      // Two close, one of them interrupted; none returns before all is closed.
      FutureTask<Boolean> second =
          new FutureTask<>(
              () -> {
                Thread.currentThread().interrupt();
                index.close();
                assertThrows(IllegalStateException.class, () -> index.search(request(0)));
                return Thread.interrupted();
              });
      Thread.ofPlatform().start(second);
      index.close();
      assertTrue(second.get(), "the interrupt is lost");
      for (FutureTask<Void> task : tasks) {
        task.get();
      }
      index.close();
    }
  }

  private static Void searchUntilClosed(
      AnnIndex index,
      List<SearchResult> expected,
      SplittableRandom random,
      boolean batches,
      CountDownLatch searched)
      throws IOException {
    while (true) {
      int query = random.nextInt(QUERIES);
      try {
        SearchResult found =
            batches
                ? index.searchBatch(List.of(request(0), request(query))).get(1)
                : index.search(request(query));
        assertSame(expected.get(query), found);
        searched.countDown();
      } catch (IllegalStateException e) {
        TestFiles.assertMentions("closed", e);
        return null;
      }
    }
  }

  @Test
  void whatIsLentIsOfNoUseOnceTheIndexIsClosedAndMayBeClosedAtAnyTime() throws Exception {
    for (int round = 0; round < 20; round++) {
      AnnIndex index = AnnIndex.open(directory, options(Residency.PAGES));
      Searcher lent = index.newSearcher();
      AtomicBoolean closed = new AtomicBoolean();
      FutureTask<Void> searching =
          new FutureTask<>(
              () -> {
                for (int query = 0; ; query++) {
                  try {
                    lent.search(request(query % QUERIES));
                  } catch (IllegalStateException e) {
                    TestFiles.assertMentions("closed", e);
                    assertTrue(closed.get());
                    lent.close();
                    return null;
                  }
                }
              });
      Thread.ofPlatform().start(searching);
      lentIsSearching(index);
      closed.set(true);
      index.close();
      searching.get();
      assertThrows(IllegalStateException.class, () -> lent.search(request(0)));
    }
  }

  // The other searcher serves everybody else.
  private static void lentIsSearching(AnnIndex index) throws IOException {
    for (int query = 0; query < 5; query++) {
      assertEquals(K, index.search(request(query)).count());
    }
  }

  @Test
  void aBatchWithABadRequestIsRefusedBeforeAnythingIsSearched() throws Exception {
    SearchRequest bad = SearchRequest.ofUint8(new byte[3], K);
    SearchRequest misfit = SearchRequest.ofUint8(new byte[33], 1);
    for (Residency residency : new Residency[] {Residency.PAGES, Residency.ALL}) {
      OpenOptions options =
          TestIndexes.quickOpen().toBuilder()
              .maxSearchers(2)
              .tuning(t -> t.residency(residency))
              .build();
      try (AnnIndex index = AnnIndex.open(directory, options);
          Searcher searcher = index.newSearcher()) {
        for (SearchRequest wrong : List.of(bad, misfit)) {
          List<SearchRequest> batch = List.of(request(0), request(1), wrong);
          assertThrows(IllegalArgumentException.class, () -> index.searchBatch(batch));
          assertThrows(IllegalArgumentException.class, () -> searcher.searchBatch(batch));
        }
        if (residency == Residency.PAGES) {
          // Nothing is in memory yet.
          assertEquals(0, searcher.search(request(0)).stats().cacheHits());
        }
        assertEquals(List.of(), searcher.searchBatch(List.of()));
        assertEquals(K, searcher.searchBatch(List.of(request(0))).getFirst().count());
      }
    }
  }

  @Test
  void aHundredIndexesAreOpenAtOneTimeAndLeaveNothingBehind() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "no /proc here");
    openAndClose(10);
    Holdings before = Holdings.now();
    for (int round = 0; round < 2; round++) {
      openAndClose(100);
    }
    refuse(200);
    Holdings after = Holdings.now();
    assertEquals(before.descriptors(), after.descriptors());
    assertEquals(before.rings(), after.rings());
    assertEquals(0, after.mappedIndexFiles());
    // Stacks, compiled code and the heap come and go; what an index holds is far more.
    long grown = after.writableBytes() - before.writableBytes();
    assertTrue(grown < 100L << 20, "grown by " + grown);
  }

  private static void openAndClose(int count) throws Exception {
    List<AnnIndex> open = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Residency residency = RESIDENCIES.get(i % RESIDENCIES.size());
      open.add(
          AnnIndex.open(
              directory,
              TestIndexes.quickOpen().toBuilder()
                  .maxSearchers(2)
                  .memoryBudgetBytes(12 << 20)
                  .tuning(t -> t.residency(residency))
                  .build()));
    }
    for (AnnIndex index : open) {
      assertEquals(K, index.search(request(1)).count());
      Searcher lent = index.newSearcher();
      assertEquals(K, lent.search(request(2)).count());
    }
    for (AnnIndex index : open) {
      index.close();
    }
  }

  private static void refuse(int times) {
    for (int i = 0; i < times; i++) {
      Residency residency = RESIDENCIES.get(i % RESIDENCIES.size());
      assertThrows(
          MemoryBudgetException.class,
          () ->
              AnnIndex.open(
                  directory,
                  TestIndexes.quickOpen().toBuilder()
                      .memoryBudgetBytes(1 << 12)
                      .tuning(t -> t.residency(residency))
                      .build()));
    }
  }

  /// What the process holds.
  private record Holdings(long descriptors, long rings, long mappedIndexFiles, long writableBytes) {

    static Holdings now() throws IOException {
      long descriptors;
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
        descriptors = files.count();
      }
      long rings = 0;
      long indexFiles = 0;
      long writable = 0;
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        rings += line.contains("io_uring") ? 1 : 0;
        indexFiles += line.contains(directory.toString()) ? 1 : 0;
        if (line.contains(" rw-p 00000000 00:00 0")) {
          String[] range = line.substring(0, line.indexOf(' ')).split("-");
          writable += Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
        }
      }
      return new Holdings(descriptors, rings, indexFiles, writable);
    }
  }
}
