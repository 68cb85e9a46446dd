package com.omendb.pq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Invariants: every task runs exactly once; after a return or a failure no task runs any longer.
class ParallelTasksTest {

  @Test
  void runsEveryTaskOnce() {
    for (int threads : new int[] {1, 2, 7}) {
      for (int tasks : new int[] {0, 1, 2, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        ParallelTasks.run(threads, tasks, number -> runs.incrementAndGet((int) number));
        for (int i = 0; i < tasks; i++) {
          assertEquals(1, runs.get(i));
        }
      }
    }
  }

  @Test
  void rethrowsTheFailureOfATask() {
    for (int threads : new int[] {1, 3}) {
      RuntimeException failure = new IllegalArgumentException("x");
      AtomicLong started = new AtomicLong();
      Exception thrown =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  ParallelTasks.run(
                      threads,
                      1_000_000_000,
                      _ -> {
                        if (started.incrementAndGet() == 50) {
                          throw failure;
                        }
                      }));
      assertSame(failure, thrown);
      assertTrue(started.get() < 1_000_000_000);
      assertThrows(
          StackOverflowError.class,
          () ->
              ParallelTasks.run(
                  threads,
                  10,
                  _ -> {
                    throw new StackOverflowError();
                  }));
    }
  }

  @Test
  void stopsWhenTheCallerIsInterrupted() throws InterruptedException {
    for (int threads : new int[] {1, 3}) {
      CountDownLatch running = new CountDownLatch(threads);
      AtomicLong failures = new AtomicLong();
      Thread caller =
          new Thread(
              () -> {
                try {
                  ParallelTasks.run(threads, Long.MAX_VALUE / 2, _ -> running.countDown());
                } catch (IllegalStateException _) {
                  failures.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 100);
                }
              });
      caller.start();
      running.await();
      caller.interrupt();
      caller.join();
      assertEquals(1, failures.get());
      assertTrue(running.getCount() == 0);
    }
  }
}
