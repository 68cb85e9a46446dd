package com.omendb.datasets.parallel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs numbered tasks on a few platform threads that live only as long as the work.
public final class Workers {

  /// Does the tasks of one thread; may hold scratch that no other thread sees.
  @FunctionalInterface
  public interface Worker {
    /// Does one task.
    void run(long task);
  }

  /// Makes the worker of one thread.
  @FunctionalInterface
  public interface WorkerFactory {
    /// Makes the worker, on its own thread.
    Worker create();
  }

  private Workers() {}

  /// Runs the tasks `0..taskCount` and returns when all are done. The calling thread takes part.
  ///
  /// Threads claim the next task as they become free, so a task must not depend on which thread
  /// runs it. The first failure stops the others before their next task and is thrown here.
  ///
  /// @param threads number of threads, at least 1
  public static void run(int threads, long taskCount, WorkerFactory factory) {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed: threads=" + threads);
    }
    AtomicLong next = new AtomicLong();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable loop =
        () -> {
          try {
            Worker worker = factory.create();
            for (long task = next.getAndIncrement();
                task < taskCount && failure.get() == null;
                task = next.getAndIncrement()) {
              worker.run(task);
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
        };
    int extra = (int) Math.min(threads, taskCount) - 1;
    Thread[] others = new Thread[Math.max(0, extra)];
    for (int i = 0; i < others.length; i++) {
      others[i] = Thread.ofPlatform().name("omen-datasets-" + (i + 1)).daemon().start(loop);
    }
    loop.run();
    joinAll(others, failure);
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException("a worker thread failed", e);
    }
  }

  private static void joinAll(Thread[] threads, AtomicReference<@Nullable Throwable> failure) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          // Stop the others early, but never return while they still read the caller's memory.
          interrupted = true;
          failure.compareAndSet(null, new IllegalStateException("interrupted", e));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
