package com.omendb.store.serving;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Keeps memory open while searches use it: searches enter and leave, closing waits until none is
/// inside and lets no more in. Thread-safe.
public final class CloseGuard {
  private static final long CLOSED = Long.MIN_VALUE;
  private static final long POLL_NANOS = 50_000;

  // Searches inside; the top bit once closing has begun.
  private final AtomicLong state = new AtomicLong();

  /// Enters; must be followed by [#leave()].
  ///
  /// @throws IllegalStateException if the index is closed
  public void enter() {
    if (state.incrementAndGet() < 0) {
      state.decrementAndGet();
      throw new IllegalStateException("the index is closed");
    }
  }

  public void leave() {
    state.decrementAndGet();
  }

  /// Searches inside.
  long inside() {
    return state.get() & ~CLOSED;
  }

  /// Lets no more searches in and waits for those inside; false if it was closed before.
  public boolean close() {
    long before = state.getAndUpdate(value -> value | CLOSED);
    if (before < 0) {
      return false;
    }
    boolean interrupted = false;
    while (state.get() != CLOSED) {
      LockSupport.parkNanos(POLL_NANOS);
      // An interrupt that stays pending would make a busy loop of this one.
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
