package com.omendb.pagecache.cache;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where sessions wait for a page that another session is loading. Interrupts do not end a wait.
final class LoadGate {
  private static final int STRIPES = 16;

  private final FrameTable table;
  private final Stripe[] stripes = new Stripe[STRIPES];

  LoadGate(FrameTable table) {
    this.table = table;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /// Returns once the page is no longer being loaded into the frame, which the caller has pinned.
  void await(int page, int frame) {
    Stripe stripe = stripes[page % STRIPES];
    stripe.lock.lock();
    try {
      while (isLoading(page, frame)) {
        stripe.change.awaitUninterruptibly();
      }
    } finally {
      stripe.lock.unlock();
    }
  }

  private boolean isLoading(int page, int frame) {
    int entry = table.entry(page);
    return FrameTable.isLoading(entry) && FrameTable.frameOf(entry) == frame;
  }

  /// Wakes who waits for the page, after its entry has changed.
  void settled(int page) {
    Stripe stripe = stripes[page % STRIPES];
    stripe.lock.lock();
    try {
      stripe.change.signalAll();
    } finally {
      stripe.lock.unlock();
    }
  }

  private static final class Stripe {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
  }
}
