package com.omendb.diskann.search;

import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.SearchResult;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The runners of an index: at most as many as the memory budget reserved scratch for, made when
/// first needed and reused.
///
/// A caller that finds a runner idle drives it itself. One that finds none queues its call: whoever
/// drives a runner takes queued calls into its idle lanes, and when its own call is done hands the
/// runner over to the caller of one that is not. So many callers share few threads' worth of page
/// requests, and no thread of the index's own is needed. Thread-safe.
final class SearcherPool {
  private final int maxSearchers;
  private final Supplier<QueryRunner> factory;
  private final ArrayDeque<QueryRunner> idle = new ArrayDeque<>(); // guarded by this
  private final List<QueryRunner> all = new ArrayList<>(); // guarded by this
  private final ArrayDeque<QueryCall> queue = new ArrayDeque<>(); // guarded by this
  private boolean closing; // guarded by this

  SearcherPool(int maxSearchers, Supplier<QueryRunner> factory) {
    this.maxSearchers = maxSearchers;
    this.factory = factory;
  }

  /// Runs one search, beside those of other callers if there are many.
  SearchResult search(SearchRequest request) throws IOException {
    QueryCall call = new QueryCall(request);
    QueryRunner runner = takeOrQueue(call);
    boolean started = false;
    if (runner == null) {
      runner = call.await();
      // A runner is handed over with the call in one of its lanes.
      started = true;
    }
    if (runner != null) {
      drive(runner, call, started);
    }
    return call.get();
  }

  private void drive(QueryRunner runner, QueryCall call, boolean started) {
    try {
      if (!started) {
        runner.start(call);
      }
      while (!call.isDone()) {
        startQueued(runner);
        runner.advance();
      }
    } finally {
      giveBack(runner);
    }
  }

  private void startQueued(QueryRunner runner) {
    while (runner.hasIdleLane()) {
      QueryCall next;
      synchronized (this) {
        next = queue.poll();
      }
      if (next == null) {
        return;
      }
      runner.start(next);
    }
  }

  /// Takes a runner for its user alone.
  ///
  /// @throws IllegalStateException if all are taken or the index is being closed
  QueryRunner takeNow() {
    synchronized (this) {
      refuseIfClosing();
      QueryRunner runner = idleOrNew();
      if (runner == null) {
        throw new IllegalStateException(
            "every searcher is taken; open the index with more: maxSearchers=" + maxSearchers);
      }
      return runner;
    }
  }

  /// Waits for a runner and takes it for its user alone.
  QueryRunner take() {
    boolean interrupted = false;
    try {
      synchronized (this) {
        while (true) {
          refuseIfClosing();
          QueryRunner runner = idleOrNew();
          if (runner != null) {
            return runner;
          }
          try {
            wait();
          } catch (InterruptedException _) {
            interrupted = true;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Gives a runner to whoever needs it next: the caller of a search that it has under way, one
  /// that is queued, or nobody.
  void giveBack(QueryRunner runner) {
    QueryCall next = runner.underWay();
    while (next == null) {
      synchronized (this) {
        next = queue.poll();
        if (next == null) {
          idle.push(runner);
          notifyAll();
          return;
        }
      }
      runner.start(next);
      // It may have been done at once.
      next = runner.underWay();
    }
    next.handOver(runner);
  }

  /// Ends the waits for a runner: one that is lent may never come back, and closing the index waits
  /// for whoever is waiting here.
  void refuseWaiters() {
    synchronized (this) {
      closing = true;
      for (QueryCall call : queue) {
        call.fail(new IllegalStateException("the index is closed"));
      }
      queue.clear();
      notifyAll();
    }
  }

  /// Closes every runner. None may be searching.
  void close() {
    synchronized (this) {
      all.forEach(QueryRunner::close);
      all.clear();
      idle.clear();
    }
  }

  // An idle runner, or null when the call was queued.
  private @Nullable QueryRunner takeOrQueue(QueryCall call) {
    synchronized (this) {
      refuseIfClosing();
      QueryRunner runner = idleOrNew();
      if (runner == null) {
        queue.add(call);
      }
      return runner;
    }
  }

  private void refuseIfClosing() {
    if (closing) {
      throw new IllegalStateException("the index is closed");
    }
  }

  private @Nullable QueryRunner idleOrNew() {
    QueryRunner runner = idle.poll();
    if (runner == null && all.size() < maxSearchers) {
      runner = factory.get();
      all.add(runner);
    }
    return runner;
  }
}
