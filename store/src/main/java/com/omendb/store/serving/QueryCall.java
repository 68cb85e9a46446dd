package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A caller's search and what came of it; another thread than the caller's may run it. Or a
/// caller's request for exclusive use of a runner.
public final class QueryCall {
  private @Nullable SearchTask task;
  private final SearchWatch.@Nullable Asked asked;
  private final Thread caller = Thread.currentThread();
  private @Nullable SearchResult result;
  private @Nullable Throwable failure;
  private boolean started;
  private volatile boolean done;
  private volatile @Nullable QueryRunner handedOver;

  private QueryCall(
      @Nullable SearchTask task, SearchWatch.@Nullable Asked asked, boolean isStarted) {
    this.task = task;
    this.asked = asked;
    this.started = isStarted;
  }

  /// A search that is asked for now.
  public QueryCall(SearchRequest request, SearchWatch watch) {
    this(request, null, watch);
  }

  /// A search that is asked for now, among some nodes.
  public QueryCall(SearchRequest request, @Nullable Accept accept, SearchWatch watch) {
    this(SearchTask.begin(request, accept), watch.asked(request), false);
  }

  /// A request for exclusive use of a runner, which is handed over with no search under way.
  static QueryCall forRunner() {
    return new QueryCall(null, null, true);
  }

  boolean wantsRunner() {
    return task == null;
  }

  public SearchTask task() {
    return Objects.requireNonNull(task);
  }

  /// What the caller asked for.
  public SearchRequest request() {
    return task().request();
  }

  /// Takes a copy of the query, for the memory that the caller gave may be read by its own thread
  /// only.
  ///
  /// @throws IllegalArgumentException if the request does not have the form
  void keepQuery(QueryForm form) {
    task = task().withRequest(form.copied(request()));
  }

  /// Starts the search, once, unless a runner has started it before. Whatever goes wrong fails it.
  void startOn(QueryRunner runner) {
    if (!started) {
      started = true;
      try {
        runner.start(this);
      } catch (RuntimeException | Error e) {
        runner.breakDown(e);
        fail(e);
      }
    }
  }

  public boolean isDone() {
    return done;
  }

  /// Whether it is done, in vain.
  boolean hasFailed() {
    return done && failure != null;
  }

  /// Ends the search with a result. Never throws.
  public void complete(SearchResult newResult) {
    result = newResult;
    try {
      if (asked != null) {
        asked.completed(newResult);
      }
    } catch (RuntimeException | Error e) {
      LogCode.REPORTING_FAILED.log(e);
    } finally {
      end();
    }
  }

  /// Ends the search without a result, unless it has ended. Never throws.
  public void fail(Throwable newFailure) {
    if (done) {
      return;
    }
    failure = newFailure;
    try {
      if (asked != null) {
        asked.failed(newFailure);
      }
    } catch (RuntimeException | Error e) {
      LogCode.REPORTING_FAILED.log(e);
    } finally {
      end();
    }
  }

  private void end() {
    done = true;
    wakeCaller();
  }

  /// Makes the caller the one that drives a runner.
  void handOver(QueryRunner runner) {
    handedOver = runner;
    wakeCaller();
  }

  /// Waits until the call is done, which gives null, or its caller is to drive a runner. The search
  /// is in one of its lanes then, or has not been started. The wait is not ended by interrupts,
  /// which stay pending.
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
  public SearchResult get() throws IOException {
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
