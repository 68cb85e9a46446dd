package com.omendb.store.serving;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs the checks of an index that is being opened side by side, on as many threads as there are
/// processors.
public final class OpeningTasks {
  private OpeningTasks() {}

  /// A part of opening.
  public interface Task {
    /// Does it.
    void run() throws IOException;
  }

  /// A part of opening that makes something.
  public static final class Making<T> implements Task {
    private final Maker<T> maker;
    private volatile @Nullable T made;

    /// A task that has made nothing yet.
    public Making(Maker<T> maker) {
      this.maker = maker;
    }

    @Override
    public void run() throws IOException {
      made = maker.make();
    }

    /// What was made.
    ///
    /// @throws IllegalStateException if that has not happened
    public T get() {
      T result = made;
      if (result == null) {
        throw new IllegalStateException("the task has not run");
      }
      return result;
    }
  }

  /// Makes something out of files.
  public interface Maker<T> {
    /// Makes it.
    T make() throws IOException;
  }

  /// Runs all tasks; the calling thread takes part. When this returns, no task is running any
  /// longer, so that memory that they look at may be freed, whatever happened.
  ///
  /// @throws IOException what the first task that failed has thrown; unchecked exceptions and
  ///   errors likewise. Tasks that had not begun are left out then
  public static void run(List<Task> tasks) throws IOException {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable worker =
        () -> {
          for (int task = next.getAndIncrement();
              task < tasks.size() && failure.get() == null;
              task = next.getAndIncrement()) {
            try {
              tasks.get(task).run();
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            }
          }
        };
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), tasks.size());
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      others.add(Thread.ofPlatform().name("omen-open-" + i).daemon().start(worker));
    }
    worker.run();
    joinAll(others);
    rethrow(failure.get());
  }

  private static void joinAll(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a check failed", failure);
    }
  }
}
