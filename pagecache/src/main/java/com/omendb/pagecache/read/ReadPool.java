package com.omendb.pagecache.read;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads on which one page file's blocking reads overlap: bounded, started when needed, ended
/// when idle. No other code has a reference to them, so they are never interrupted.
final class ReadPool implements AutoCloseable {
  /// Enough to keep an SSD busy: read rates hardly rise beyond this depth.
  static final int THREADS = 32;

  private static final long IDLE_SECONDS = 10;
  private static final long STACK_BYTES = 256 << 10;

  private final ThreadPoolExecutor executor;

  ReadPool() {
    executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                .daemon()
                .name("omen-page-read-", 0)
                .stackSize(STACK_BYTES)
                .factory());
    executor.allowCoreThreadTimeOut(true);
  }

  void execute(Runnable read) {
    executor.execute(read);
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
