package com.omendb.vectors.parallel;

import com.omendb.vectors.WorkInterruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs a loop over 0..count-1 on several threads, in chunks taken from a shared counter.
///
/// An exception in one worker stops all and is thrown to the caller. If the calling thread is
/// interrupted the workers stop at the end of their chunk and [WorkInterruptedException] is thrown.
public final class Workers {
  private static final long CHUNK = 128;

  private Workers() {}

  /// The body of the loop, with the scratch of one thread.
  public interface Body {
    /// Handles the items `from` (inclusive) to `to` (exclusive).
    void run(long from, long to) throws Exception;
  }

  /// Runs the loop; `newBody` is called once on each worker.
  public static void forEach(long count, int threads, Supplier<Body> newBody) {
    forEach(count, CHUNK, threads, newBody);
  }

  /// Runs numbered tasks, each by itself; `newTask` is called once on each worker.
  public static void run(long count, int threads, Supplier<LongConsumer> newTask) {
    forEach(
        count,
        1,
        threads,
        () -> {
          LongConsumer task = newTask.get();
          return (from, _) -> task.accept(from);
        });
  }

  /// Runs the loop in chunks of a given size; `newBody` is called once on each worker.
  public static void forEach(long count, long chunk, int threads, Supplier<Body> newBody) {
    AtomicLong next = new AtomicLong();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable worker =
        () -> {
          try {
            Body body = newBody.get();
            for (long from = next.getAndAdd(chunk);
                from < count && failure.get() == null;
                from = next.getAndAdd(chunk)) {
              body.run(from, Math.min(count, from + chunk));
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> others = new ArrayList<>();
    long most = Math.min(threads, Math.ceilDiv(count, chunk));
    for (int i = 0; i < most; i++) {
      others.add(Thread.ofPlatform().name("omen-worker-" + i).daemon().start(worker));
    }
    boolean interrupted = false;
    for (Thread thread : others) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
          failure.compareAndSet(null, new WorkInterruptedException());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    rethrow(failure.get());
  }

  private static void rethrow(@Nullable Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a worker failed", failure);
    }
  }
}
