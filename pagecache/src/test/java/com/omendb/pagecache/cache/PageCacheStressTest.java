package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several threads on a cache much smaller than the file. Invariants: a page fetched is the page
/// asked for as long as it is held; a page held by two threads is in one frame; hits, reads and
/// joins add up; frames never exceed the bound; nothing deadlocks; table, pins and policy agree at
/// the end.
class PageCacheStressTest {
  private static final int PAGE_COUNT = 200;
  private static final int THREADS = 6;
  private static final int MAX_PAGES = 8;
  private static final int FETCHES = 3_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {THREADS * MAX_PAGES, THREADS * MAX_PAGES + 1, 100, 260})
  @Timeout(60)
  void everyThreadSeesThePagesItAskedFor(int frameCount) throws Exception {
    long seed = Seeds.seed("everyThreadSeesThePagesItAskedFor", 11);
    Path path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, TestPages.PAGE_BYTES);
    try (PageFile file = TestPages.open(path);
        PageCache cache =
            new PageCache(file, (long) frameCount * TestPages.PAGE_BYTES, THREADS * MAX_PAGES);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Long>> workers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        SplittableRandom random = new SplittableRandom(seed + t);
        workers.add(executor.submit(() -> work(cache, random)));
      }
      long pages = 0;
      for (Future<Long> worker : workers) {
        pages += worker.get();
      }
      assertTrue(cache.residentPages() <= frameCount);
      assertTrue(cache.hits() + cache.reads() <= pages);
      cache.assertInvariants();
      assertEquals(Math.min(frameCount, PAGE_COUNT + THREADS * MAX_PAGES), cache.frameCount());
    }
  }

  private static long work(PageCache cache, SplittableRandom random) throws Exception {
    long pages = 0;
    int[] wanted = new int[MAX_PAGES];
    try (PageSession session = PageSession.of(cache, MAX_PAGES)) {
      for (int f = 0; f < FETCHES; f++) {
        int count = random.nextInt(MAX_PAGES + 1);
        for (int i = 0; i < count; i++) {
          // Half of the wants fall on a few pages, so that threads want the same ones at once.
          int bound = random.nextBoolean() ? 10 : PAGE_COUNT;
          wanted[i] = random.nextInt(bound);
        }
        session.fetch(wanted, count);
        assertTrue(cache.residentPages() <= cache.frameCount());
        for (int i = 0; i < count; i++) {
          TestPages.check(session.frame(i), wanted[i]);
          assertEquals(session.frame(i).address(), session.address(i));
        }
        pages += count;
        session.release();
      }
    }
    return pages;
  }

  @Test
  void aSingleSessionReadsEachPageOnceWhenAllFit() throws Exception {
    Path path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, TestPages.PAGE_BYTES);
    try (PageFile file = TestPages.open(path);
        PageCache cache = new PageCache(file, 1 << 24, MAX_PAGES);
        PageSession session = PageSession.of(cache, MAX_PAGES)) {
      for (int round = 0; round < 3; round++) {
        for (int page = 0; page < PAGE_COUNT; page++) {
          session.fetch(new int[] {page}, 1);
          TestPages.check(session.frame(0), page);
          assertEquals(round > 0, session.wasHit(0));
          session.release();
        }
      }
      assertEquals(PAGE_COUNT, cache.reads());
      assertEquals(2 * PAGE_COUNT, cache.hits());
      assertEquals(0, cache.evictions());
      cache.assertInvariants();
    }
  }
}
