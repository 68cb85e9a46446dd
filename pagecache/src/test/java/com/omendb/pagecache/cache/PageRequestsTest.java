package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.read.OpenedSource;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.read.PageReaderKind;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: a ticket arrives once; a held ticket's page is the one asked for and stays so; a
/// page wanted under several tickets at once is read once; what fails, fails its own ticket and is
/// read again by who asks next; a session that is closed leaves nothing behind; whatever the
/// engine.
@Timeout(60)
class PageRequestsTest {
  private static final int PAGE_COUNT = 100;
  private static final int PAGE_BYTES = TestPages.PAGE_BYTES;

  @TempDir Path directory;
  private Path path;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, PAGE_BYTES);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void behavesLikeItsModel(PageReaderKind engine) throws IOException {
    SplittableRandom random = Seeds.random("behavesLikeItsModel", 41);
    int tickets = 12;
    TestPages.flip(path, 50);
    PageCache cache = newCache(engine, 20, tickets);
    try (PageRequests requests = cache.newSession(tickets)) {
      int[] wanted = new int[tickets];
      Arrays.fill(wanted, -1);
      boolean[] held = new boolean[tickets];
      int[] arrived = new int[tickets];
      long hits = 0;
      long reads = 0;
      for (int step = 0; step < 5_000; step++) {
        int ticket = random.nextInt(tickets);
        if (wanted[ticket] < 0) {
          wanted[ticket] = random.nextInt(random.nextBoolean() ? 8 : PAGE_COUNT);
          held[ticket] = requests.request(wanted[ticket], ticket);
          hits += held[ticket] ? 1 : 0;
        } else if (held[ticket]) {
          check((TicketSession) requests, ticket, wanted[ticket]);
          requests.release(ticket);
          held[ticket] = false;
          wanted[ticket] = -1;
        } else {
          int pending = requests.pending();
          int min = random.nextInt(pending + 2);
          int[] room =
              random.nextBoolean() ? arrived : new int[Math.max(1, Math.min(min, pending))];
          int count = requests.await(min, room);
          assertTrue(count >= Math.min(min, pending) && count <= pending);
          assertEquals(pending - count, requests.pending());
          for (int i = 0; i < count; i++) {
            assertFalse(held[room[i]], "a ticket that arrives twice");
            assertTrue(wanted[room[i]] >= 0, "a ticket that was not asked for");
            held[room[i]] = true;
            reads += requests.wasRead(room[i]) ? 1 : 0;
          }
        }
        for (int each = 0; each < tickets; each++) {
          if (held[each]) {
            check((TicketSession) requests, each, wanted[each]);
          }
        }
      }
      assertEquals(hits, cache.hits());
      assertTrue(reads <= cache.reads(), "tickets were released before the counting");
      requests.await(requests.pending(), arrived);
      cache.assertInvariants();
    }
    cache.assertInvariants();
  }

  private static void check(TicketSession requests, int ticket, int page) throws IOException {
    IOException failure = requests.failure(ticket);
    if (page == 50) {
      assertInstanceOf(CorruptFileException.class, failure);
      assertThrows(IllegalStateException.class, () -> requests.address(ticket));
    } else {
      assertNull(failure);
      TestPages.check(PageSession.frame(requests, ticket), page);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsOnceWhatTwoTicketsWant(PageReaderKind engine) throws IOException {
    PageCache cache = newCache(engine, 8, 8);
    try (PageRequests requests = cache.newSession(8)) {
      int[] arrived = new int[8];
      for (int ticket = 0; ticket < 4; ticket++) {
        assertFalse(requests.request(7, ticket));
      }
      assertFalse(requests.request(8, 4));
      assertEquals(5, requests.pending());
      assertEquals(5, requests.await(5, arrived));
      assertEquals(2, cache.reads());
      int readHere = 0;
      for (int ticket = 0; ticket < 4; ticket++) {
        assertEquals(requests.address(0), requests.address(ticket));
        readHere += requests.wasRead(ticket) ? 1 : 0;
      }
      assertEquals(1, readHere);
      assertTrue(requests.request(7, 5));
      assertFalse(requests.wasRead(5));
      for (int ticket = 0; ticket < 5; ticket++) {
        requests.release(ticket);
      }
      TestPages.check(PageSession.frame(requests, 5), 7);
      cache.assertInvariants();
    }
  }

  @ParameterizedTest
  @EnumSource
  void damageFailsEveryTicketThatWantsThePageAndNoOther(PageReaderKind engine) throws IOException {
    TestPages.flip(path, 50);
    PageCache cache = newCache(engine, 8, 8);
    try (PageRequests requests = cache.newSession(8)) {
      for (int ticket = 0; ticket < 8; ticket++) {
        requests.request(ticket % 2 == 0 ? 50 : 60 + ticket, ticket);
      }
      int[] arrived = new int[8];
      assertEquals(8, requests.await(8, arrived));
      for (int ticket = 0; ticket < 8; ticket++) {
        if (ticket % 2 == 0) {
          assertInstanceOf(CorruptFileException.class, requests.failure(ticket));
          assertFalse(requests.wasRead(ticket));
        } else {
          assertNull(requests.failure(ticket));
          TestPages.check(PageSession.frame(requests, ticket), 60 + ticket);
        }
        requests.release(ticket);
      }
      TestPages.flip(path, 50); // back again
      requests.request(50, 0);
      assertEquals(1, requests.await(1, arrived));
      TestPages.check(PageSession.frame(requests, 0), 50);
      cache.assertInvariants();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesWithReadsInFlight(PageReaderKind engine) throws IOException {
    PageCache cache = newCache(engine, 16, 16);
    int[] arrived = new int[16];
    for (int round = 0; round < 50; round++) {
      PageRequests requests = cache.newSession(16);
      for (int ticket = 0; ticket < 8; ticket++) {
        requests.request(ticket, ticket);
      }
      int count = requests.await(round % 3, arrived);
      if (count > 0) {
        requests.release(arrived[0]);
      }
      for (int ticket = 8; ticket < 12; ticket++) {
        requests.request(ticket % 10, ticket); // two of them join
      }
      requests.close();
      requests.close();
      cache.assertInvariants();
      assertThrows(IllegalStateException.class, () -> requests.request(1, 0));
      assertThrows(IllegalStateException.class, () -> requests.await(0, arrived));
    }
  }

  @Test
  void whoWaitsForASessionThatClosesReadsForItself() throws Exception {
    PageCache cache = newCache(null, 16, 16);
    PageRequests closing = cache.newSession(8);
    PageRequests waiting = cache.newSession(8);
    closing.request(5, 0);
    closing.request(6, 1);
    CountDownLatch asked = new CountDownLatch(1);
    FutureTask<Integer> waiter =
        new FutureTask<>(
            () -> {
              waiting.request(6, 3);
              waiting.request(9, 4);
              waiting.request(5, 2);
              asked.countDown();
              return waiting.await(3, new int[8]);
            });
    Thread thread = Thread.ofPlatform().start(waiter);
    asked.await();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    closing.close();
    assertEquals(3, waiter.get());
    TestPages.check(PageSession.frame(waiting, 2), 5);
    TestPages.check(PageSession.frame(waiting, 3), 6);
    assertTrue(waiting.wasRead(2) && waiting.wasRead(3) && waiting.wasRead(4));
    assertEquals(3, cache.reads());
    cache.assertInvariants();
    waiting.close();
  }

  @Test
  void ownReadsArriveWhileAnotherSessionIsSlow() throws IOException {
    PageCache cache = newCache(null, 16, 16);
    PageRequests slow = cache.newSession(8);
    PageRequests quick = cache.newSession(8);
    int[] arrived = new int[8];
    slow.request(1, 0); // asked for, not even started
    quick.request(1, 0);
    quick.request(2, 1);
    assertEquals(1, quick.await(1, arrived));
    assertEquals(1, arrived[0]);
    assertEquals(0, quick.await(0, arrived));
    assertEquals(1, slow.await(1, arrived));
    assertEquals(1, quick.await(1, arrived));
    assertEquals(0, arrived[0]);
    assertFalse(quick.wasRead(0));
    assertEquals(slow.address(0), quick.address(0));
    slow.close();
    TestPages.check(PageSession.frame(quick, 0), 1);
    quick.close();
    cache.assertInvariants();
  }

  @Test
  void aFileThatClosesFailsWhatIsNotReadYet() throws IOException {
    PageFile file = TestPages.open(path);
    try (PageCache cache = new PageCache(file, 16L * PAGE_BYTES, 8);
        PageRequests requests = cache.newSession(8)) {
      int[] arrived = new int[8];
      requests.request(3, 0);
      file.close();
      assertThrows(IllegalStateException.class, () -> requests.request(4, 1));
      assertEquals(1, requests.pending());
      assertEquals(1, requests.await(8, arrived)); // asked for in time
      TestPages.check(PageSession.frame(requests, 0), 3);
      assertTrue(requests.request(3, 1));
      cache.assertInvariants();
    }
  }

  @Test
  void refusesMisuse() throws IOException {
    PageCache cache = newCache(null, 16, 8);
    PageRequests requests = cache.newSession(4);
    assertEquals(4, requests.maxPages());
    assertThrows(IllegalArgumentException.class, () -> cache.newSession(5));
    assertThrows(IllegalArgumentException.class, () -> PageSession.of(cache, 5));
    assertThrows(IllegalArgumentException.class, () -> cache.newSession(0));
    assertThrows(IllegalArgumentException.class, () -> requests.request(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> requests.request(PAGE_COUNT, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> requests.request(0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> requests.request(0, -1));
    assertThrows(IllegalStateException.class, () -> requests.release(0));
    assertThrows(IllegalStateException.class, () -> requests.address(0));
    requests.request(1, 0);
    assertThrows(IllegalStateException.class, () -> requests.request(2, 0));
    assertThrows(IllegalStateException.class, () -> requests.release(0));
    assertThrows(IllegalStateException.class, () -> requests.failure(0));
    assertThrows(IllegalStateException.class, () -> requests.wasRead(0));
    assertThrows(IllegalArgumentException.class, () -> requests.await(1, new int[0]));
    assertThrows(IllegalArgumentException.class, () -> requests.await(-1, new int[1]));
    assertEquals(1, requests.await(9, new int[1]));
    assertEquals(0, requests.await(9, new int[0]));
    requests.release(0);
    assertThrows(IllegalStateException.class, () -> requests.release(0));
    cache.close();
    assertThrows(IllegalStateException.class, () -> requests.request(1, 0));
    requests.close();
  }

  private PageCache newCache(
      @org.jspecify.annotations.Nullable PageReaderKind engine, int frameCount, int maxPinned)
      throws IOException {
    PageFile file =
        PageFile.open(
            path,
            TestPages.MAGIC,
            1,
            TestPages.VERSION,
            p -> {
              OpenedSource best = OpenedSource.open(p, true, null);
              if (engine == null || engine == best.engine()) {
                return best;
              }
              best.source().close();
              // Where the system has no io_uring, what serves instead is tested twice.
              return OpenedSource.open(p, true, engine == PageReaderKind.IO_URING ? null : engine);
            });
    opened.add(file);
    PageCache cache = new PageCache(file, (long) frameCount * PAGE_BYTES, maxPinned);
    opened.add(cache);
    return cache;
  }
}
