package com.omendb.vectors.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.WorkInterruptedException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Invariants: every item is handled exactly once; each thread gets a body of its own; the first
/// failure reaches the caller and stops the others; an interrupt stops the loop and is kept; no
/// worker outlives the call.
@Timeout(60)
class WorkersTest {

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1, 8", "127, 2", "128, 2", "129, 2", "10000, 1", "10000, 5"})
  void everyItemIsHandledOnce(int count, int threads) {
    AtomicIntegerArray handled = new AtomicIntegerArray(count);
    AtomicInteger bodies = new AtomicInteger();
    Workers.forEach(
        count,
        threads,
        () -> {
          bodies.incrementAndGet();
          return (from, to) -> {
            assertTrue(from < to);
            for (long i = from; i < to; i++) {
              handled.incrementAndGet((int) i);
            }
          };
        });
    // No more workers than there are chunks.
    assertEquals(Math.min(threads, Math.ceilDiv(count, 128)), bodies.get());
    for (int i = 0; i < count; i++) {
      assertEquals(1, handled.get(i));
    }
  }

  @Test
  void aFailureStopsTheLoopAndReachesTheCaller() {
    IllegalArgumentException failure = new IllegalArgumentException("row=7");
    AtomicLong handled = new AtomicLong();
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Workers.forEach(
                    Long.MAX_VALUE / 2,
                    3,
                    () ->
                        (from, to) -> {
                          handled.addAndGet(to - from);
                          if (from > 10_000) {
                            throw failure;
                          }
                        }));
    assertSame(failure, thrown);
    assertTrue(handled.get() > 10_000);
  }

  @Test
  void aFailureToMakeABodyReachesTheCaller() {
    IllegalStateException failure = new IllegalStateException("no scratch");
    assertSame(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                Workers.forEach(
                    10,
                    2,
                    () -> {
                      throw failure;
                    })));
  }

  @Test
  void errorsAndCheckedExceptionsReachTheCaller() {
    AssertionError error = new AssertionError("broken");
    assertSame(error, assertThrows(AssertionError.class, () -> failWith(error)));
    IOException checked = new IOException("disk");
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> failWith(checked));
    assertSame(checked, e.getCause());
  }

  private static void failWith(Throwable failure) {
    Workers.forEach(
        1,
        1,
        () ->
            (_, _) -> {
              switch (failure) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                default -> throw new AssertionError(failure);
              }
            });
  }

  @Test
  void anInterruptStopsTheLoopAndIsKept() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    AtomicInteger running = new AtomicInteger();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  assertThrows(
                      WorkInterruptedException.class,
                      () ->
                          Workers.forEach(
                              Long.MAX_VALUE / 2,
                              2,
                              () -> {
                                begun.countDown();
                                return (_, _) -> {
                                  running.incrementAndGet();
                                  Thread.onSpinWait();
                                  running.decrementAndGet();
                                };
                              }));
                  assertTrue(Thread.currentThread().isInterrupted());
                  assertEquals(0, running.get(), "no worker outlives the call");
                  begun.countDown();
                });
    AtomicInteger failures = new AtomicInteger();
    caller.setUncaughtExceptionHandler((_, _) -> failures.incrementAndGet());
    begun.await();
    caller.interrupt();
    caller.join();
    assertEquals(0, failures.get());
  }

  @Test
  void anInterruptFromBeforeStopsTheLoop() {
    Thread.currentThread().interrupt();
    assertThrows(
        WorkInterruptedException.class,
        () -> Workers.forEach(Long.MAX_VALUE / 2, 2, () -> (_, _) -> {}));
    assertTrue(Thread.interrupted());
  }
}
