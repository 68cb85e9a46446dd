package com.omendb.store.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Invariants: every task runs once; when one fails its own exception comes out; no task runs any
/// longer when the call returns, also to a thread that was interrupted.
class OpeningTasksTest {

  @Test
  void everyTaskRunsOnce() throws IOException {
    for (int count = 0; count < 20; count++) {
      AtomicInteger ran = new AtomicInteger();
      List<OpeningTasks.Task> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tasks.add(ran::incrementAndGet);
      }
      OpeningTasks.run(tasks);
      assertEquals(count, ran.get());
    }
  }

  @Test
  void whatIsMadeCanBeTakenAfterwards() throws IOException {
    OpeningTasks.Making<String> making = new OpeningTasks.Making<>(() -> "made");
    assertThrows(IllegalStateException.class, making::get);
    OpeningTasks.run(List.of(making));
    assertEquals("made", making.get());
  }

  @Test
  void aFailureComesOutWhenNothingRunsAnyLonger() {
    for (Throwable failure :
        new Throwable[] {
          new IOException("expected"), new IllegalStateException("expected"), new Error("expected")
        }) {
      CountDownLatch begun = new CountDownLatch(1);
      AtomicBoolean running = new AtomicBoolean();
      OpeningTasks.Task slow =
          () -> {
            running.set(true);
            begun.countDown();
            for (int i = 0; i < 1_000; i++) {
              Thread.onSpinWait();
            }
            running.set(false);
          };
      OpeningTasks.Task failing = () -> throwAs(failure);
      Throwable thrown =
          assertThrows(
              failure.getClass(), () -> OpeningTasks.run(List.of(slow, failing, slow, failing)));
      assertSame(failure, thrown);
      assertFalse(running.get());
      assertEquals(0, begun.getCount());
    }
  }

  @Test
  void anInterruptedThreadWaitsAndStaysInterrupted() throws IOException {
    AtomicInteger ran = new AtomicInteger();
    Thread.currentThread().interrupt();
    try {
      OpeningTasks.run(List.of(ran::incrementAndGet, ran::incrementAndGet, ran::incrementAndGet));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(3, ran.get());
  }

  private static void throwAs(Throwable failure) throws IOException {
    switch (failure) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(failure);
    }
  }
}
