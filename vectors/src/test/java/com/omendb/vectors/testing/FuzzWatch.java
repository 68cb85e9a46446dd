package com.omendb.vectors.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends the process when one input keeps a parser busy for ever: a thread that does not come back
/// cannot be ended in another way. It is the thread's own processor time that counts, so that a
/// stopped or crowded machine changes nothing; a thread that waits for something has much longer.
final class FuzzWatch implements AutoCloseable {
  private static final long MAX_BUSY_NANOS = 60_000_000_000L;
  private static final long MAX_WAITING_LOOKS = 3600;
  private static final long LOOK_MILLIS = 1000;
  private static final int EXIT_CODE = 70;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Thread watched = Thread.currentThread();
  private final Thread watcher = Thread.ofPlatform().daemon().unstarted(this::watch);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final String name;
  private final long seed;
  // Written by the watched thread alone.
  private volatile long begun;
  private volatile long number;
  private volatile byte[] input = {};

  FuzzWatch(String name, long seed) {
    this.name = name;
    this.seed = seed;
    watcher.start();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void begin(long newNumber, byte[] newInput) {
    number = newNumber;
    input = newInput;
    begun++;
  }

  private void watch() {
    long seen = -1;
    long busyBefore = 0;
    long looks = 0;
    while (!isClosedWithin(LOOK_MILLIS)) {
      long busy = threads.getThreadCpuTime(watched.threadId());
      if (seen != begun) {
        seen = begun;
        busyBefore = busy;
        looks = 0;
      } else if (busy - busyBefore > MAX_BUSY_NANOS || ++looks > MAX_WAITING_LOOKS) {
        giveUp();
      }
    }
  }

  private boolean isClosedWithin(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return true;
    }
  }

  private void giveUp() {
    AssertionError hang =
        new AssertionError(
            "fuzz "
                + name
                + ": no answer to input "
                + number
                + " of -Domen.seed="
                + seed
                + ", kept as "
                + Fuzz.keep(name, number, input));
    hang.setStackTrace(watched.getStackTrace());
    System.getLogger("com.omendb.testing").log(System.Logger.Level.ERROR, "hang", hang);
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
