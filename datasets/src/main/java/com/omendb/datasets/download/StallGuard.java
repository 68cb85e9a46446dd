package com.omendb.datasets.download;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// Closes a stream that has delivered nothing for a while, so that its reader does not wait for
/// ever.
final class StallGuard implements AutoCloseable {
  private final InputStream stream;
  private final long limitNanos;
  private final Thread watcher;
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream stream, Duration limit) {
    this.stream = stream;
    this.limitNanos = limit.toNanos();
    this.watcher = Thread.ofVirtual().name("omen-download-guard").unstarted(this::watch);
  }

  StallGuard start() {
    watcher.start();
    return this;
  }

  /// Bytes have come in.
  void touch() {
    lastNanos = System.nanoTime();
  }

  /// Whether the stream was closed for having stalled.
  boolean stalled() {
    return stalled;
  }

  @Override
  public void close() {
    watcher.interrupt();
  }

  private void watch() {
    try {
      while (true) {
        long leftNanos = lastNanos + limitNanos - System.nanoTime();
        if (leftNanos <= 0) {
          stalled = true;
          stream.close();
          return;
        }
        Thread.sleep(Duration.ofNanos(leftNanos));
      }
    } catch (InterruptedException | IOException _) {
      // Interrupted: the reader is done. Failed to close: the reader will find the stream broken.
    }
  }
}
