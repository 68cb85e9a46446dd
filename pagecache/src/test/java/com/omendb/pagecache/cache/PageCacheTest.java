package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: a held page is the one asked for and stays so; pages held are never evicted and
/// never in two frames; a page wanted by several sessions at once is read once; a failed read
/// leaves the cache as it was and fails nobody for good; promises bound what sessions hold.
@Timeout(60)
class PageCacheTest extends PageCacheFixture {
  /// Three sessions on one thread take random steps; a list of what each holds is the model.
  @ParameterizedTest
  @ValueSource(ints = {12, 13, 20, 60, 112, 200})
  void behavesLikeItsModel(int frameCount) throws IOException {
    SplittableRandom random = Seeds.random("behavesLikeItsModel", 31);
    try (PageCache cache = newCache(frameCount, 12)) {
      List<PageSession> sessions = new ArrayList<>();
      List<int[]> held = new ArrayList<>();
      for (int s = 0; s < 3; s++) {
        sessions.add(PageSession.of(cache, 4));
        held.add(new int[0]);
      }
      long pages = 0;
      for (int step = 0; step < 3_000; step++) {
        int s = random.nextInt(3);
        PageSession session = sessions.get(s);
        if (held.get(s).length > 0) {
          session.release();
          held.set(s, new int[0]);
        } else {
          int[] wanted = distinct(random, random.nextInt(5), random.nextBoolean() ? 8 : PAGE_COUNT);
          Set<Integer> pinned = pagesOf(held);
          session.fetch(wanted, wanted.length);
          for (int i = 0; i < wanted.length; i++) {
            assertTrue(session.wasHit(i) || !pinned.contains(wanted[i]), "a held page was read");
          }
          assertEquals(wanted.length, session.hits() + session.reads());
          held.set(s, wanted);
          pages += wanted.length;
        }
        checkHeld(sessions, held);
        assertTrue(cache.residentPages() <= cache.frameCount());
        if (step % 50 == 0) {
          cache.assertInvariants();
        }
      }
      assertEquals(pages, cache.hits() + cache.reads());
      for (PageSession session : sessions) {
        session.close();
      }
      cache.assertInvariants();
    }
  }

  private static void checkHeld(List<PageSession> sessions, List<int[]> held) throws IOException {
    Set<Long> addresses = new HashSet<>();
    for (int s = 0; s < sessions.size(); s++) {
      int[] pages = held.get(s);
      for (int i = 0; i < pages.length; i++) {
        TestPages.check(sessions.get(s).frame(i), pages[i]);
        addresses.add(sessions.get(s).address(i));
      }
    }
    assertEquals(pagesOf(held).size(), addresses.size(), "one frame a page");
  }

  private static Set<Integer> pagesOf(List<int[]> held) {
    Set<Integer> pages = new HashSet<>();
    for (int[] each : held) {
      for (int page : each) {
        pages.add(page);
      }
    }
    return pages;
  }

  private static int[] distinct(SplittableRandom random, int count, int bound) {
    return random.ints(0, bound).distinct().limit(count).toArray();
  }

  @Test
  void keepsWhatIsHeldWhateverElseIsFetched() throws IOException {
    try (PageCache cache = newCache(6, 4);
        PageSession holder = PageSession.of(cache, 2);
        PageSession scanner = PageSession.of(cache, 2)) {
      holder.fetch(new int[] {3, 4}, 2);
      long address = holder.address(0);
      for (int page = 5; page < PAGE_COUNT - 1; page++) {
        scanner.fetch(new int[] {page, page + 1}, 2);
        TestPages.check(scanner.frame(0), page);
        scanner.release();
        TestPages.check(holder.frame(0), 3);
        TestPages.check(holder.frame(1), 4);
        cache.assertInvariants();
      }
      scanner.fetch(new int[] {3}, 1);
      assertTrue(scanner.wasHit(0), "a held page is found even when the policy gave it up");
      assertEquals(address, scanner.address(0));
      assertTrue(cache.evictions() > 50);
    }
  }

  @Test
  void keepsTheFavouritesDuringAScan() throws IOException {
    try (PageCache cache = newCache(30, 2);
        PageSession session = PageSession.of(cache, 2)) {
      for (int round = 0; round < 500; round++) {
        session.fetch(new int[] {round % 5, 5 + round % 95}, 2);
        session.release();
      }
      session.fetch(new int[] {0, 1}, 2);
      assertEquals(2, session.hits());
    }
  }

  @Test
  void fetchesTheSamePageTwiceInOneFetch() throws IOException {
    try (PageCache cache = newCache(4, 4);
        PageSession session = PageSession.of(cache, 4)) {
      session.fetch(new int[] {9, 9, 8, 9}, 4);
      for (int i = 0; i < 4; i++) {
        TestPages.check(session.frame(i), i == 2 ? 8 : 9);
      }
      assertEquals(2, session.reads());
      session.release();
      cache.assertInvariants();
      assertEquals(0, cache.residentPages(), "nothing stays when all frames may be pinned");
    }
  }

  @Test
  void readsOnceWhatSeveralWantAtOnce() throws Exception {
    int threads = 4;
    int pages = 8;
    try (PageCache cache = newCache(threads * pages, threads * pages);
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      CyclicBarrier barrier = new CyclicBarrier(threads);
      List<Future<Integer>> workers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        workers.add(
            executor.submit(
                () -> {
                  int reads = 0;
                  try (PageSession session = PageSession.of(cache, pages)) {
                    for (int round = 0; round < PAGE_COUNT / pages; round++) {
                      int first = round * pages;
                      int[] wanted = IntStream.range(first, first + pages).toArray();
                      barrier.await();
                      session.fetch(wanted, pages);
                      for (int i = 0; i < pages; i++) {
                        TestPages.check(session.frame(i), first + i);
                      }
                      reads += session.reads();
                      barrier.await(); // all hold all
                      session.release();
                    }
                  }
                  return reads;
                }));
      }
      int reads = 0;
      for (Future<Integer> worker : workers) {
        reads += worker.get();
      }
      assertEquals(PAGE_COUNT / pages * pages, reads);
      assertEquals(reads, cache.reads());
      cache.assertInvariants();
    }
  }

  @Test
  void sessionsGetNoMoreThanWasPromised() {
    try (PageCache cache = newCache(10, 8)) {
      PageSession first = PageSession.of(cache, 5);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> PageSession.of(cache, 4));
      assertTrue(TestPages.message(e).endsWith("maxPages=4"), TestPages.message(e));
      PageSession second = PageSession.of(cache, 3);
      assertThrows(IllegalArgumentException.class, () -> PageSession.of(cache, 1));
      first.close();
      first.close();
      PageSession.of(cache, 5).close();
      second.close();
      assertThrows(IllegalArgumentException.class, () -> PageSession.of(cache, 0));
    }
  }

  @Test
  void refusesMisuse() throws IOException {
    assertThrows(IllegalArgumentException.class, () -> newCache(3, 4));
    assertThrows(IllegalArgumentException.class, () -> newCache(3, 0));
    try (PageCache cache = newCache(8, 4)) {
      PageSession session = PageSession.of(cache, 2);
      assertThrows(IndexOutOfBoundsException.class, () -> session.fetch(new int[] {0, 1, 2}, 3));
      assertThrows(IllegalArgumentException.class, () -> session.fetch(new int[] {-1}, 1));
      assertThrows(IllegalArgumentException.class, () -> session.fetch(new int[] {100}, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> session.address(0));
      session.fetch(new int[] {1, 99}, 2);
      assertThrows(IllegalStateException.class, () -> session.fetch(new int[] {2}, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> session.frame(2));
      session.release();
      session.release();
      session.fetch(new int[0], 0);
      session.close();
      assertThrows(IllegalStateException.class, () -> session.fetch(new int[] {2}, 1));
    }
  }

  @Test
  void framesOutliveAClosedCacheUntilTheLastSessionCloses() throws IOException {
    PageCache cache = newCache(8, 4);
    PageSession session = PageSession.of(cache, 2);
    session.fetch(new int[] {5}, 1);
    cache.close();
    cache.close();
    TestPages.check(session.frame(0), 5);
    assertThrows(IllegalStateException.class, () -> PageSession.of(cache, 1));
    session.release();
    assertThrows(IllegalStateException.class, () -> session.fetch(new int[] {5}, 1));
    session.close();
  }

  @Test
  void hasNoMoreFramesThanItCanUse() {
    try (PageCache cache = newCache(100_000, 4)) {
      assertEquals(PAGE_COUNT + 4, cache.frameCount());
    }
    assertEquals(4096 * 7, PageCache.smallestBytes(4096, 7));
    assertTrue(PageCache.overheadBytes(1_000_000, 1000) > 4_000_000);
  }
}
