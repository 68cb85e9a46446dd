package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.read.PageReader;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What fails and what does not. Invariants: a failed read leaves the cache as it was and fails
/// nobody for good; damage fails those who want the page and nobody else; interrupts fail nobody.
@Timeout(60)
class PageCacheFailureTest extends PageCacheFixture {
  @Test
  void aFailedReadLeavesTheCacheClean() throws IOException {
    TestPages.flip(path, 50);
    try (PageCache cache = newCache(8, 4);
        PageSession session = PageSession.of(cache, 4)) {
      session.fetch(new int[] {1}, 1);
      session.release();
      for (int i = 0; i < 20; i++) {
        assertThrows(CorruptFileException.class, () -> session.fetch(new int[] {1, 50, 51, 52}, 4));
        cache.assertInvariants();
        session.release();
      }
      session.fetch(new int[] {1, 51, 52}, 3);
      TestPages.check(session.frame(0), 1);
      TestPages.check(session.frame(2), 52);
      session.release();
      TestPages.flip(path, 50);
      session.fetch(new int[] {50}, 1);
      TestPages.check(session.frame(0), 50);
      assertFalse(session.wasHit(0));
    }
  }

  @Test
  void whoWaitsForAReadThatFailsReadsForItself() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch mayFail = new CountDownLatch(1);
    // The first reader made fails, when told to; the others read.
    List<PageReader> made = new ArrayList<>();
    try (PageCache cache =
        new PageCache(
            file,
            (capacity, frames) -> {
              PageReader real = file.newReader(capacity, frames);
              PageReader reader = made.isEmpty() ? new FailingReader(real, started, mayFail) : real;
              made.add(reader);
              return reader;
            },
            16L * PAGE_BYTES,
            8)) {
      PageSession failing = PageSession.of(cache, 4);
      PageSession waiting = PageSession.of(cache, 4);
      FutureTask<Void> first = new FutureTask<>(() -> fetchAndCheck(failing, 7, 8));
      Thread.ofPlatform().start(first);
      started.await();
      FutureTask<Void> second = new FutureTask<>(() -> fetchAndCheck(waiting, 6, 8, 7));
      Thread secondThread = Thread.ofPlatform().start(second);
      while (secondThread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      mayFail.countDown();
      ExecutionException e = assertThrows(ExecutionException.class, first::get);
      assertEquals("java.io.IOException: injected", String.valueOf(e.getCause()));
      second.get();
      assertEquals(3, waiting.reads());
      cache.assertInvariants();
      failing.close();
      waiting.close();
      cache.assertInvariants();
    }
  }

  private static Void fetchAndCheck(PageSession session, int... pages) throws IOException {
    session.fetch(pages, pages.length);
    for (int i = 0; i < pages.length; i++) {
      TestPages.check(session.frame(i), pages[i]);
    }
    return null;
  }

  /// Holds its reads back until told to fail.
  private record FailingReader(PageReader real, CountDownLatch started, CountDownLatch mayFail)
      implements ForwardingReader {
    @Override
    public int await(int minCompletions, int[] tags, @Nullable IOException[] failures) {
      started.countDown();
      try {
        mayFail.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      int count = real.await(minCompletions, tags, failures);
      for (int i = 0; i < count; i++) {
        failures[i] = new IOException("injected");
      }
      return count;
    }
  }

  @Test
  void damageFailsEverybodyWhoWantsThePageAndNobodyElse() throws Exception {
    TestPages.flip(path, 50);
    try (PageCache cache = newCache(40, 16);
        ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> workers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int seed = t;
        workers.add(executor.submit(() -> fetchAroundDamage(cache, new SplittableRandom(seed))));
      }
      for (Future<Integer> worker : workers) {
        assertTrue(worker.get() > 0);
      }
      cache.assertInvariants();
    }
  }

  private static int fetchAroundDamage(PageCache cache, SplittableRandom random)
      throws IOException {
    int failures = 0;
    try (PageSession session = PageSession.of(cache, 4)) {
      for (int i = 0; i < 2_000; i++) {
        int[] wanted = {random.nextInt(48, 53), random.nextInt(53, PAGE_COUNT)};
        try {
          session.fetch(wanted, 2);
          TestPages.check(session.frame(0), wanted[0]);
          TestPages.check(session.frame(1), wanted[1]);
          session.release();
        } catch (CorruptFileException e) {
          assertEquals(50, wanted[0], e.toString());
          failures++;
        }
      }
    }
    return failures;
  }

  @Test
  void anInterruptedThreadFetchesAndStaysInterrupted() throws Exception {
    try (PageCache cache = newCache(8, 4);
        PageSession session = PageSession.of(cache, 4)) {
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                Thread.currentThread().interrupt();
                session.fetch(new int[] {1, 2, 3}, 3);
                TestPages.check(session.frame(2), 3);
                session.release();
                return Thread.interrupted();
              });
      Thread.ofPlatform().start(task);
      assertTrue(task.get());
      session.fetch(new int[] {4, 5}, 2);
      TestPages.check(session.frame(1), 5);
    }
  }

  @Test
  void aClosedFileFailsFetchesButNotTheCache() throws IOException {
    try (PageCache cache = newCache(8, 4);
        PageSession session = PageSession.of(cache, 2)) {
      session.fetch(new int[] {5}, 1);
      session.release();
      file.close();
      session.fetch(new int[] {5}, 1);
      assertTrue(session.wasHit(0));
      session.release();
      assertThrows(IllegalStateException.class, () -> session.fetch(new int[] {5, 6}, 2));
      cache.assertInvariants();
    }
  }
}
