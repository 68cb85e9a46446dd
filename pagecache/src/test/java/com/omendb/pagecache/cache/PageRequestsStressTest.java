package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.read.PageReader;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Several threads with tickets in all states on a cache much smaller than the file, with reads
/// that fail and sessions that close with tickets pending. Invariants: a held page is the one asked
/// for as long as it is held, and does not move; a failure is one that was injected; frames never
/// exceed the bound; nothing deadlocks; table, pins and policy agree at the end.
class PageRequestsStressTest {
  private static final int PAGE_COUNT = 200;
  private static final int THREADS = 6;
  private static final int TICKETS = 8;
  private static final int STEPS = 12_000;
  private static final String INJECTED = "injected";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {THREADS * TICKETS, THREADS * TICKETS + 1, 100, 260})
  @Timeout(60)
  void everyTicketHoldsThePageItAskedFor(int frameCount) throws Exception {
    long seed = Seeds.seed("everyTicketHoldsThePageItAskedFor", 51);
    Path path = TestPages.write(directory.resolve("pages"), PAGE_COUNT, TestPages.PAGE_BYTES);
    AtomicInteger made = new AtomicInteger();
    try (PageFile file = TestPages.open(path);
        PageCache cache =
            new PageCache(
                file,
                (capacity, frames) -> {
                  SplittableRandom random = new SplittableRandom(seed + made.incrementAndGet());
                  return new UnreliableReader(file.newReader(capacity, frames), random);
                },
                (long) frameCount * TestPages.PAGE_BYTES,
                THREADS * TICKETS);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Integer>> workers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        SplittableRandom random = new SplittableRandom(seed * 31 + t);
        workers.add(executor.submit(() -> work(cache, random)));
      }
      int failures = 0;
      for (Future<Integer> worker : workers) {
        failures += worker.get();
      }
      assertTrue(failures > 0, "nothing was injected");
      assertTrue(cache.residentPages() <= frameCount);
      cache.assertInvariants();
    }
  }

  private static int work(PageCache cache, SplittableRandom random) throws IOException {
    int failures = 0;
    for (int session = 0; session < 4; session++) {
      try (PageRequests requests = cache.newSession(TICKETS)) {
        Tickets tickets = new Tickets((TicketSession) requests);
        for (int step = 0; step < STEPS / 4; step++) {
          int ticket = random.nextInt(TICKETS);
          switch (tickets.states[ticket]) {
            // Half of the wants fall on a few pages, so that threads want the same ones at once.
            case FREE -> tickets.request(random.nextInt(random.nextBoolean() ? 10 : 200), ticket);
            case PENDING -> tickets.await(random.nextInt(requests.pending() + 1));
            case HELD -> tickets.checkAndRelease(ticket);
          }
          assertTrue(cache.residentPages() <= cache.frameCount());
        }
        failures += tickets.failures;
      }
    }
    return failures;
  }

  private enum State {
    FREE,
    PENDING,
    HELD
  }

  /// What a thread knows of its tickets.
  private static final class Tickets {
    private final TicketSession requests;
    private final State[] states = new State[TICKETS];
    private final int[] pages = new int[TICKETS];
    private final long[] addresses = new long[TICKETS];
    private final int[] arrived = new int[TICKETS];
    private int failures;

    Tickets(TicketSession requests) {
      this.requests = requests;
      Arrays.fill(states, State.FREE);
    }

    void request(int page, int ticket) throws IOException {
      pages[ticket] = page;
      states[ticket] = State.PENDING;
      if (requests.request(page, ticket)) {
        hold(ticket);
      }
    }

    void await(int min) throws IOException {
      int count = requests.await(min, arrived);
      assertTrue(count >= min);
      for (int i = 0; i < count; i++) {
        assertEquals(State.PENDING, states[arrived[i]]);
        hold(arrived[i]);
      }
    }

    private void hold(int ticket) throws IOException {
      states[ticket] = State.HELD;
      IOException failure = requests.failure(ticket);
      if (failure == null) {
        addresses[ticket] = requests.address(ticket);
        TestPages.check(PageSession.frame(requests, ticket), pages[ticket]);
      } else {
        assertEquals(INJECTED, failure.getMessage());
        failures++;
      }
    }

    void checkAndRelease(int ticket) throws IOException {
      if (requests.failure(ticket) == null) {
        assertEquals(addresses[ticket], requests.address(ticket));
        TestPages.check(PageSession.frame(requests, ticket), pages[ticket]);
      }
      requests.release(ticket);
      states[ticket] = State.FREE;
    }
  }

  /// Loses one read in twenty.
  private record UnreliableReader(PageReader real, SplittableRandom random)
      implements ForwardingReader {
    @Override
    public int await(int minCompletions, int[] tags, @Nullable IOException[] failures) {
      int count = real.await(minCompletions, tags, failures);
      for (int i = 0; i < count; i++) {
        if (random.nextInt(20) == 0) {
          failures[i] = new IOException(INJECTED);
        }
      }
      return count;
    }
  }
}
