package com.omendb.store.serving;

import static com.omendb.store.serving.TestRunner.FORM;
import static com.omendb.store.serving.TestRunner.RESULT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is the user's and what goes wrong. Invariants: an error anywhere in a runner fails searches
/// and leaves no caller waiting; a query that waits is read on the thread of its caller; metrics
/// are not called while the pool is locked; closing closes everything and says all that went wrong.
@Timeout(60)
class SearcherPoolFailureTest {
  private static SearcherPool newPool(int maxSearchers, Supplier<QueryRunner> factory) {
    return new SearcherPool(maxSearchers, factory, FORM, SearchWatch.NONE);
  }

  private static SearchRequest request() {
    return SearchRequest.ofInt8(new byte[1], 1);
  }

  /// Runs what a runner does not expect to fail.
  private static class FailingRunner extends TestRunner {
    private final AtomicInteger left;

    FailingRunner(AtomicInteger left) {
      super(2, 2);
      this.left = left;
    }

    @Override
    public void start(QueryCall call) {
      failOnce();
      super.start(call);
    }

    @Override
    public void advance() {
      failOnce();
      super.advance();
    }

    @Override
    public boolean hasIdleLane() {
      failOnce();
      return super.hasIdleLane();
    }

    private void failOnce() {
      if (left.decrementAndGet() == 0) {
        throw new StackOverflowError("on purpose");
      }
    }
  }

  @Test
  void anErrorAnywhereInARunnerLeavesNoCallerWaiting() throws Exception {
    for (int fault = 1; fault <= 60; fault++) {
      AtomicInteger left = new AtomicInteger(fault);
      ConcurrentLinkedQueue<TestRunner> made = new ConcurrentLinkedQueue<>();
      SearcherPool pool =
          newPool(
              1,
              () -> {
                TestRunner runner = new FailingRunner(left);
                made.add(runner);
                return runner;
              });
      List<FutureTask<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean batches = i == 0;
        FutureTask<Integer> caller = new FutureTask<>(() -> failures(pool, batches));
        callers.add(caller);
        Thread.ofPlatform().start(caller);
      }
      int failed = 0;
      for (FutureTask<Integer> caller : callers) {
        failed += caller.get();
      }
      assertTrue(failed >= 1, "failed=" + failed + ", fault=" + fault);
      assertEquals(RESULT, pool.search(request()));
      pool.close();
      assertEquals(2, made.size());
      made.forEach(runner -> assertEquals(1, runner.closed));
    }
  }

  private static int failures(SearcherPool pool, boolean batches) throws IOException {
    int failed = 0;
    for (int i = 0; i < 20; i++) {
      try {
        if (batches) {
          QueryRunner runner = pool.take();
          try {
            runner.searchBatch(List.of(request(), request(), request()), SearchWatch.NONE);
          } finally {
            pool.giveBack(runner);
          }
        } else {
          pool.search(request());
        }
      } catch (StackOverflowError e) {
        failed++;
      }
    }
    return failed;
  }

  @Test
  void aQueryThatWaitsIsReadOnItsOwnThread() throws Exception {
    List<Byte> read = new ArrayList<>();
    SearcherPool pool =
        newPool(
            1,
            () ->
                new TestRunner(1, 0) {
                  @Override
                  public void start(QueryCall call) {
                    read.add(call.request().query().get(ValueLayout.JAVA_BYTE, 0));
                    super.start(call);
                  }
                });
    QueryRunner taken = pool.take();
    FutureTask<SearchResult> waiting =
        new FutureTask<>(
            () -> {
              try (Arena confined = Arena.ofConfined()) {
                MemorySegment query = confined.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 42);
                return pool.search(SearchRequest.of(query, ElementType.INT8, 1));
              }
            });
    FutureTask<IllegalArgumentException> misfit =
        new FutureTask<>(
            () ->
                assertThrows(
                    IllegalArgumentException.class,
                    () -> pool.search(SearchRequest.ofInt8(new byte[2], 1))));
    Thread waiter = Thread.ofPlatform().start(waiting);
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    Thread.ofPlatform().start(misfit);
    assertEquals(
        "query and index differ in dimension: query dimension=2, index dimension=1",
        misfit.get().getMessage());
    pool.giveBack(taken);
    assertEquals(RESULT, waiting.get());
    assertEquals(List.of((byte) 42), read);
    pool.close();
  }

  @Test
  void nothingOfTheUsersIsCalledWhileThePoolIsLocked() throws Exception {
    AtomicReference<@Nullable SearcherPool> locked = new AtomicReference<>();
    AtomicInteger counted = new AtomicInteger();
    AtomicBoolean heldLock = new AtomicBoolean();
    Metrics metrics =
        new Metrics() {
          @Override
          public Counter counter(Meter meter, Labels labels) {
            return _ -> {
              counted.incrementAndGet();
              SearcherPool pool = locked.get();
              if (pool != null && Thread.holdsLock(pool)) {
                heldLock.set(true);
              }
            };
          }

          @Override
          public Latencies latencies(Meter meter, Labels labels) {
            return NONE.latencies(meter, labels);
          }

          @Override
          public Observation observe(Meter meter, Labels labels, LongSupplier value) {
            return NONE.observe(meter, labels, value);
          }
        };
    AtomicBoolean refuses = new AtomicBoolean();
    SearcherPool pool =
        new SearcherPool(
            1,
            () -> {
              if (refuses.get()) {
                throw new OutOfMemoryError("no more");
              }
              return new TestRunner(1, 1);
            },
            FORM,
            SearchWatch.of(Path.of("index"), metrics));
    locked.set(pool);
    TestRunner first = (TestRunner) pool.take();
    FutureTask<Throwable> failing =
        new FutureTask<>(() -> assertThrows(OutOfMemoryError.class, () -> pool.search(request())));
    startAndAwaitWaiting(failing);
    first.broken = true;
    refuses.set(true);
    pool.giveBack(first);
    assertEquals("no more", failing.get().getMessage());
    refuses.set(false);
    pool.take();
    FutureTask<Throwable> refused =
        new FutureTask<>(
            () -> assertThrows(IllegalStateException.class, () -> pool.search(request())));
    startAndAwaitWaiting(refused);
    pool.refuseWaiters();
    assertEquals("the index is closed", refused.get().getMessage());
    assertEquals(2, counted.get());
    assertFalse(heldLock.get());
    pool.close();
  }

  private static void startAndAwaitWaiting(FutureTask<?> task) {
    Thread thread = Thread.ofPlatform().start(task);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void closingClosesAllRunnersAndTellsAllThatWentWrong() throws Exception {
    List<TestRunner> made = new ArrayList<>();
    SearcherPool pool =
        newPool(
            3,
            () -> {
              TestRunner runner =
                  new TestRunner(1, 1) {
                    @Override
                    public void close() {
                      super.close();
                      throw new IllegalStateException("runner " + made.indexOf(this));
                    }
                  };
              made.add(runner);
              return runner;
            });
    for (int i = 0; i < 3; i++) {
      pool.take();
    }
    IllegalStateException e = assertThrows(IllegalStateException.class, pool::close);
    assertEquals("runner 0", e.getMessage());
    assertEquals("runner 1", e.getSuppressed()[0].getMessage());
    assertEquals("runner 2", e.getSuppressed()[1].getMessage());
    made.forEach(runner -> assertEquals(1, runner.closed));
  }
}
