package com.omendb.pq;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// Numbered tasks spread over a fixed number of threads.
final class ParallelTasks {
  private ParallelTasks() {}

  /// Runs `task` for every number below `taskCount` and returns when all are done. With one thread
  /// the caller runs them itself. The first failure stops the hand-out of tasks and is rethrown.
  ///
  /// @throws IllegalStateException if the calling thread is interrupted; its interrupt flag stays
  ///   set and no task runs any longer
  static void run(int threads, long taskCount, LongConsumer task) {
    int workers = (int) Math.min(threads, taskCount);
    AtomicLong next = new AtomicLong();
    if (workers <= 1) {
      drain(next, taskCount, task);
      return;
    }
    List<Callable<Boolean>> calls = new ArrayList<>(workers);
    for (int i = 0; i < workers; i++) {
      calls.add(() -> drain(next, taskCount, task));
    }
    try (ExecutorService pool =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("omen-pq-", 0).daemon().factory())) {
      for (Future<Boolean> worker : pool.invokeAll(calls)) {
        worker.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while quantizing", e);
    } catch (ExecutionException e) {
      throw rethrow(e);
    }
    if (next.get() < taskCount) {
      throw new IllegalStateException("workers were interrupted while quantizing");
    }
  }

  private static boolean drain(AtomicLong next, long taskCount, LongConsumer task) {
    boolean succeeded = false;
    try {
      for (long number = next.getAndIncrement();
          number < taskCount;
          number = next.getAndIncrement()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("interrupted while quantizing");
        }
        task.accept(number);
      }
      succeeded = true;
    } finally {
      if (!succeeded) {
        next.set(taskCount);
      }
    }
    return succeeded;
  }

  private static RuntimeException rethrow(ExecutionException failure) {
    return switch (failure.getCause()) {
      case Error error -> throw error;
      case RuntimeException unchecked -> unchecked;
      case null, default -> new IllegalStateException(failure);
    };
  }
}
