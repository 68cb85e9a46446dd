package com.omendb.pagecache;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;

/// Where sessions wait for a page that another session is loading. Interrupts do not end a wait.
final class LoadGate {
  private static final int STRIPES = 16;

  private final Stripe[] stripes = new Stripe[STRIPES];

  LoadGate() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /// Returns once the page is settled; looked at again after each [#settled] of it.
  void await(int page, IntPredicate settled) {
    Stripe stripe = stripes[page % STRIPES];
    stripe.lock.lock();
    try {
      while (!settled.test(page)) {
        stripe.change.awaitUninterruptibly();
      }
    } finally {
      stripe.lock.unlock();
    }
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
