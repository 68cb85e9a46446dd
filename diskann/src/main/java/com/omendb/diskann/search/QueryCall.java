package com.omendb.diskann.search;

import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.SearchResult;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One search that somebody asked for, and what came of it. The thread that asked may have another
/// thread do the search.
final class QueryCall {
  private final SearchRequest request;
  private final Thread caller = Thread.currentThread();
  private @Nullable SearchResult result;
  private @Nullable Throwable failure;
  private volatile boolean done;
  private volatile @Nullable QueryRunner handedOver;

  QueryCall(SearchRequest request) {
    this.request = request;
  }

  SearchRequest request() {
    return request;
  }

  boolean isDone() {
    return done;
  }

  void complete(SearchResult newResult) {
    result = newResult;
    done = true;
    wakeCaller();
  }

  void fail(Throwable newFailure) {
    failure = newFailure;
    done = true;
    wakeCaller();
  }

  /// Makes the caller the one that drives a runner.
  void handOver(QueryRunner runner) {
    handedOver = runner;
    wakeCaller();
  }

  /// Waits until the call is done or its caller is to drive a runner, which is returned. The wait
  /// is not ended by interrupts, which stay pending.
  @Nullable QueryRunner await() {
    boolean interrupted = false;
    while (!done && handedOver == null) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      caller.interrupt();
    }
    return handedOver;
  }

  /// What came of it, once it is done.
  SearchResult get() throws IOException {
    Throwable thrown = failure;
    SearchResult found = result;
    switch (thrown) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a search failed", thrown);
    }
    if (found == null) {
      throw new IllegalStateException("the search has not ended");
    }
    return found;
  }

  private void wakeCaller() {
    if (caller.threadId() != Thread.currentThread().threadId()) {
      LockSupport.unpark(caller);
    }
  }
}
