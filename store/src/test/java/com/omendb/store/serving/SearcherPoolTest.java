package com.omendb.store.serving;

import static com.omendb.store.serving.TestRunner.FORM;
import static com.omendb.store.serving.TestRunner.RESULT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who gets a runner when. Invariants: no caller does more than a bounded share of the work of
/// others before it returns; who wants a runner alone gets one however many searches are asked for;
/// whatever goes wrong fails searches and leaves nobody waiting; a runner that breaks is closed and
/// replaced.
@Timeout(60)
class SearcherPoolTest {
  private static SearcherPool newPool(int maxSearchers, Supplier<QueryRunner> factory) {
    return new SearcherPool(maxSearchers, factory, FORM, SearchWatch.NONE);
  }

  private static SearchRequest request() {
    return SearchRequest.ofInt8(new byte[1], 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void nobodyWorksForOthersWithoutEnd(int advances) throws Exception {
    int threads = 16;
    ThreadLocal<int[]> work = ThreadLocal.withInitial(() -> new int[1]);
    SearcherPool pool =
        newPool(
            1,
            () ->
                new TestRunner(4, advances) {
                  @Override
                  public void start(QueryCall call) {
                    work.get()[0]++;
                    super.start(call);
                  }
                });
    List<FutureTask<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      FutureTask<Integer> task =
          new FutureTask<>(
              () -> {
                int most = 0;
                for (int search = 0; search < 3_000; search++) {
                  work.get()[0] = 0;
                  pool.search(request());
                  most = Math.max(most, work.get()[0]);
                }
                return most;
              });
      tasks.add(task);
      Thread.ofPlatform().start(task);
    }
    for (FutureTask<Integer> task : tasks) {
      int most = task.get();
      assertTrue(most <= 1 + 16 * (advances * 4 + 2), "searches started by one: " + most);
    }
    pool.close();
  }

  @Test
  void whoWantsARunnerAloneGetsItsTurnWhateverIsAskedFor() throws Exception {
    SearcherPool pool = newPool(1, () -> new TestRunner(4, 2));
    AtomicBoolean enough = new AtomicBoolean();
    List<FutureTask<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<Integer> task =
          new FutureTask<>(
              () -> {
                int searches = 0;
                for (; !enough.get(); searches++) {
                  pool.search(request());
                }
                return searches;
              });
      tasks.add(task);
      Thread.ofPlatform().start(task);
    }
    for (int i = 0; i < 200; i++) {
      QueryRunner runner = pool.take();
      assertSame(null, runner.underWay());
      assertEquals(RESULT, runner.search(request(), SearchWatch.NONE));
      pool.giveBack(runner);
    }
    enough.set(true);
    for (FutureTask<Integer> task : tasks) {
      assertTrue(task.get() > 0);
    }
    pool.refuseWaiters();
    assertThrows(IllegalStateException.class, pool::take);
    assertThrows(IllegalStateException.class, () -> pool.search(request()));
    pool.close();
  }

  @Test
  void aRunnerThatBreaksIsReplacedAndNobodyWaitsForIt() throws Exception {
    ConcurrentLinkedQueue<TestRunner> made = new ConcurrentLinkedQueue<>();
    AtomicInteger advances = new AtomicInteger();
    SearcherPool pool =
        newPool(
            2,
            () -> {
              TestRunner runner =
                  new TestRunner(3, 2) {
                    @Override
                    public void advance() {
                      if (advances.incrementAndGet() % 50 == 0) {
                        breakDown(new AssertionError("broken on purpose"));
                      } else {
                        super.advance();
                      }
                    }
                  };
              made.add(runner);
              return runner;
            });
    List<FutureTask<int[]>> tasks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean batches = i == 0;
      FutureTask<int[]> task = new FutureTask<>(() -> searchMuch(pool, batches));
      tasks.add(task);
      Thread.ofPlatform().start(task);
    }
    int failed = 0;
    int done = 0;
    for (FutureTask<int[]> task : tasks) {
      done += task.get()[0];
      failed += task.get()[1];
    }
    assertTrue(failed > 0 && done > failed, failed + " failed, " + done + " not");
    pool.close();
    assertTrue(made.size() > 10, "made=" + made.size());
    for (TestRunner runner : made) {
      assertEquals(1, runner.closed);
    }
  }

  private static int[] searchMuch(SearcherPool pool, boolean batches) throws IOException {
    int[] counts = new int[2];
    for (int i = 0; i < 1_000; i++) {
      try {
        if (batches) {
          QueryRunner runner = pool.take();
          try {
            runner.searchBatch(
                List.of(request(), request(), request(), request()), SearchWatch.NONE);
          } finally {
            pool.giveBack(runner);
          }
        } else {
          pool.search(request());
        }
        counts[0]++;
      } catch (AssertionError e) {
        assertEquals("broken on purpose", e.getMessage());
        counts[1]++;
      }
    }
    return counts;
  }

  @Test
  void aRunnerThatCannotBeMadeFailsWhoAskedAndWhoWaits() throws Exception {
    AtomicBoolean refuses = new AtomicBoolean();
    SearcherPool pool =
        newPool(
            1,
            () -> {
              if (refuses.get()) {
                throw new OutOfMemoryError("no more");
              }
              return new TestRunner(1, 1);
            });
    TestRunner first = (TestRunner) pool.take();
    FutureTask<SearchResult> waiting = new FutureTask<>(() -> pool.search(request()));
    Thread waiter = Thread.ofPlatform().start(waiting);
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    first.broken = true;
    refuses.set(true);
    pool.giveBack(first);
    Throwable e = assertThrows(java.util.concurrent.ExecutionException.class, waiting::get);
    assertTrue(e.getCause() instanceof OutOfMemoryError, e.toString());
    assertThrows(OutOfMemoryError.class, () -> pool.search(request()));
    refuses.set(false);
    assertEquals(RESULT, pool.search(request()));
    assertEquals(1, first.closed);
    QueryRunner second = pool.take();
    assertNotSame(first, second);
    assertFalse(second.isBroken());
    pool.giveBack(second);
    pool.close();
  }

  @Test
  void whatIsGivenBackAfterClosingIsNotClosedAgain() throws Exception {
    SearcherPool pool = newPool(2, () -> new TestRunner(1, 1));
    TestRunner broken = (TestRunner) pool.take();
    TestRunner sound = (TestRunner) pool.take();
    pool.refuseWaiters();
    pool.close();
    broken.broken = true;
    pool.giveBack(broken);
    pool.giveBack(sound);
    pool.close();
    assertEquals(1, broken.closed);
    assertEquals(1, sound.closed);
  }

  @Test
  void aBatchStopsAtItsFirstFailure() {
    AtomicInteger started = new AtomicInteger();
    QueryRunner runner =
        new TestRunner(2, 1) {
          @Override
          public void start(QueryCall call) {
            if (started.incrementAndGet() == 3) {
              call.fail(new IOException("the third"));
            } else {
              super.start(call);
            }
          }
        };
    List<SearchRequest> requests = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      requests.add(request());
    }
    IOException e =
        assertThrows(IOException.class, () -> runner.searchBatch(requests, SearchWatch.NONE));
    assertEquals("the third", e.getMessage());
    assertTrue(started.get() <= 5, "started=" + started);
    assertSame(null, runner.underWay());
  }
}
