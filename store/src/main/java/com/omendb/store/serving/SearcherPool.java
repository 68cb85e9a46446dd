package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The runners of an index: at most as many as the memory budget reserved scratch for, made when
/// first needed and reused.
///
/// A caller that finds a runner idle drives it itself. One that finds none queues its call: the
/// caller that drives a runner takes queued calls into its idle lanes, and when its own call is
/// done hands the runner over to the caller of one that is not. So many callers share few threads'
/// worth of page requests, and no thread of the index's own is needed. Who wants a runner alone
/// waits in the same queue, so every caller has its turn. A runner that fails as such is replaced.
///
/// A query that is queued is copied first, on the thread of its caller: the memory of a caller is
/// read by no other thread. So each caller that waits costs a query's bytes of heap. Nothing of the
/// user's, metrics and loggers included, is called while the monitor is held. Thread-safe.
public final class SearcherPool implements AutoCloseable {
  /// Searches of others that a caller starts before it goes on with its own work.
  private static final int SERVED_BETWEEN = 16;

  private final int maxSearchers;
  private final Supplier<QueryRunner> factory;
  private final QueryForm form;
  private final SearchWatch watch;
  private final ArrayDeque<QueryRunner> idle = new ArrayDeque<>(); // guarded by this
  private final List<QueryRunner> all = new ArrayList<>(); // guarded by this
  private final ArrayDeque<QueryCall> queue = new ArrayDeque<>(); // guarded by this
  private boolean closing; // guarded by this

  public SearcherPool(
      int maxSearchers, Supplier<QueryRunner> factory, QueryForm form, SearchWatch watch) {
    this.maxSearchers = maxSearchers;
    this.factory = factory;
    this.form = form;
    this.watch = watch;
  }

  /// Runs one search, beside those of other callers if there are many.
  SearchResult search(SearchRequest request) throws IOException {
    return search(request, null);
  }

  /// The same among some nodes; null for all.
  SearchResult search(SearchRequest request, @Nullable Accept accept) throws IOException {
    QueryCall call = new QueryCall(request, accept, watch);
    QueryRunner runner = idleRunner();
    if (runner == null) {
      try {
        call.keepQuery(form);
      } catch (RuntimeException | Error e) {
        call.fail(e);
        return call.get();
      }
      runner = takeOrQueue(call);
    }
    if (runner == null) {
      runner = call.await();
    }
    if (runner != null) {
      drive(runner, call);
    }
    return call.get();
  }

  private void drive(QueryRunner runner, QueryCall call) {
    try {
      call.startOn(runner);
      while (!call.isDone()) {
        startQueued(runner);
        runner.advance();
      }
    } catch (RuntimeException | Error e) {
      runner.breakDown(e);
      throw e;
    } finally {
      giveBack(runner);
    }
  }

  private void startQueued(QueryRunner runner) {
    for (int i = 0; i < SERVED_BETWEEN && runner.hasIdleLane(); i++) {
      QueryCall next;
      synchronized (this) {
        next = queue.peek();
        // A request for exclusive use is not overtaken: its searches under way come to their end.
        if (next == null || next.wantsRunner()) {
          return;
        }
        queue.remove();
      }
      next.startOn(runner);
    }
  }

  /// Searches, and requests for exclusive use of a runner, that wait.
  int queued() {
    synchronized (this) {
      return queue.size();
    }
  }

  /// Takes a runner for its user alone.
  ///
  /// @throws IllegalStateException if all are taken or the index is being closed
  public QueryRunner takeNow() {
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

  /// Waits for a runner, behind the searches that were asked for before, and takes it for its user
  /// alone. The wait is not ended by interrupts.
  ///
  /// @throws IllegalStateException if the index is being closed
  public QueryRunner take() throws IOException {
    QueryCall request = QueryCall.forRunner();
    QueryRunner runner = takeOrQueue(request);
    if (runner == null) {
      runner = request.await();
    }
    if (runner == null) {
      request.get();
      throw new IllegalStateException(
          "the search got no searcher: an error of this library; repeat the search");
    }
    return runner;
  }

  /// Gives a runner to the caller that needs it next: of a search that it has under way, else of
  /// one that is queued; without either it is idle.
  ///
  /// Queued searches are started here, for they are often done at once, and it takes time to wake
  /// up a caller; but only a few, for this thread has its own work to go on with.
  public void giveBack(QueryRunner given) {
    QueryRunner runner = given;
    for (int served = 0; ; served++) {
      if (runner.isBroken()) {
        runner = replace(runner);
        if (runner == null) {
          return;
        }
      }
      QueryCall next = runner.underWay();
      if (next == null) {
        next = queuedOrIdle(runner);
        if (next == null) {
          return;
        }
        if (served < SERVED_BETWEEN && !next.wantsRunner()) {
          next.startOn(runner);
          continue;
        }
      }
      next.handOver(runner);
      return;
    }
  }

  // The call that waits longest, or null, and the runner is idle then.
  private @Nullable QueryCall queuedOrIdle(QueryRunner runner) {
    synchronized (this) {
      QueryCall next = queue.poll();
      if (next == null) {
        idle.push(runner);
      }
      return next;
    }
  }

  // Makes a runner in the place of one that broke, if a call waits for it; else null.
  private @Nullable QueryRunner replace(QueryRunner broken) {
    Closing closing = new Closing();
    synchronized (this) {
      if (!all.remove(broken)) {
        return null; // Closed with the others.
      }
      closing.close(broken);
    }
    try {
      closing.end();
    } catch (RuntimeException | Error e) {
      LogCode.SEARCHER_NOT_CLOSED.log(e);
    }
    while (true) {
      QueryCall waiting;
      Throwable why;
      synchronized (this) {
        // Another caller may have taken the place; it serves the queue.
        if (queue.isEmpty() || all.size() == maxSearchers) {
          return null;
        }
        try {
          QueryRunner runner = factory.get();
          all.add(runner);
          return runner;
        } catch (RuntimeException | Error e) {
          waiting = queue.remove();
          why = e;
        }
      }
      waiting.fail(why);
    }
  }

  /// Ends the waits for a runner: one that is lent may never come back, and closing the index waits
  /// for the callers that wait here.
  public void refuseWaiters() {
    List<QueryCall> refused;
    synchronized (this) {
      closing = true;
      refused = List.copyOf(queue);
      queue.clear();
    }
    for (QueryCall call : refused) {
      call.fail(new IllegalStateException("the index is closed"));
    }
  }

  /// Closes every runner, and throws what went wrong after the last. None may be searching.
  @Override
  public void close() {
    List<QueryRunner> closed;
    synchronized (this) {
      closed = List.copyOf(all);
      all.clear();
      idle.clear();
    }
    Closing runners = new Closing();
    closed.forEach(runners::close);
    runners.end();
  }

  private @Nullable QueryRunner idleRunner() {
    synchronized (this) {
      refuseIfClosing();
      return idleOrNew();
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
