package com.omendb.store.checking;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Spreads numbered tasks over threads, in order of their numbers.
public final class Tasks {
  private Tasks() {}

  /// One task.
  public interface Task {
    /// Runs on the worker of this number, of which no two tasks run at a time.
    void run(int worker, long task) throws IOException;
  }

  /// Runs the tasks 0 to `count - 1` and returns when all are done. The first failure stops the
  /// hand-out of tasks and is thrown here.
  ///
  /// @throws InterruptedIOException if the calling thread is interrupted
  public static void run(int threads, long count, Task task) throws IOException {
    AtomicLong next = new AtomicLong();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    List<Thread> others = new ArrayList<>();
    // Also with one thread: channels close themselves when a thread that reads is interrupted.
    for (int i = 0; i < Math.min(threads, count); i++) {
      int worker = i;
      Runnable loop =
          () -> {
            try {
              for (long at = next.getAndIncrement();
                  at < count && failure.get() == null;
                  at = next.getAndIncrement()) {
                task.run(worker, at);
              }
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            }
          };
      others.add(Thread.ofPlatform().name("omen-verify-" + i).daemon().start(loop));
    }
    join(others, failure);
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException("a worker failed", e);
    }
  }

  private static void join(List<Thread> threads, AtomicReference<@Nullable Throwable> failure) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
          failure.compareAndSet(null, new InterruptedIOException("the check was interrupted"));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
