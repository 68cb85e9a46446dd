package com.omendb.diskann.search;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The searchers of an index: at most as many as the memory budget reserved scratch for, made when
/// first needed and reused. Thread-safe.
final class SearcherPool {
  private final int maxSearchers;
  private final Supplier<BeamSearch> factory;
  private final Semaphore permits;
  private final ArrayDeque<BeamSearch> idle = new ArrayDeque<>();
  private final List<BeamSearch> all = new ArrayList<>();
  private volatile boolean closing;

  SearcherPool(int maxSearchers, Supplier<BeamSearch> factory) {
    this.maxSearchers = maxSearchers;
    this.factory = factory;
    this.permits = new Semaphore(maxSearchers);
  }

  /// Takes a searcher, waiting until one is free.
  ///
  /// @throws IllegalStateException if the index is being closed
  BeamSearch take() {
    permits.acquireUninterruptibly();
    refuseIfClosing();
    return idleOrNew();
  }

  /// Takes a searcher.
  ///
  /// @throws IllegalStateException if all are taken or the index is being closed
  BeamSearch takeNow() {
    if (!permits.tryAcquire()) {
      throw new IllegalStateException(
          "every searcher is taken; open the index with more: maxSearchers=" + maxSearchers);
    }
    refuseIfClosing();
    return idleOrNew();
  }

  void giveBack(BeamSearch searcher) {
    synchronized (idle) {
      idle.push(searcher);
    }
    permits.release();
  }

  /// Ends the waits for a searcher: one that is lent may never come back, and closing the index
  /// waits for whoever is waiting here.
  void refuseWaiters() {
    closing = true;
    permits.release();
  }

  /// Closes every searcher. None may be searching.
  void close() {
    synchronized (idle) {
      all.forEach(BeamSearch::close);
      all.clear();
      idle.clear();
    }
  }

  private void refuseIfClosing() {
    if (closing) {
      permits.release();
      throw new IllegalStateException("the index is closed");
    }
  }

  private BeamSearch idleOrNew() {
    synchronized (idle) {
      BeamSearch searcher = idle.poll();
      if (searcher == null) {
        try {
          searcher = factory.get();
        } catch (RuntimeException | Error e) {
          permits.release();
          throw e;
        }
        all.add(searcher);
      }
      return searcher;
    }
  }
}
