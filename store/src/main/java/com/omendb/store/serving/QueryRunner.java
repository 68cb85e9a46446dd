package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs several searches side by side on one thread at a time; it may pass from thread to thread
/// with searches under way.
public interface QueryRunner extends AutoCloseable {
  /// Whether another search can be started.
  boolean hasIdleLane();

  /// Starts a search; it may be done at once. Whatever goes wrong fails the call.
  ///
  /// @throws IllegalStateException if no lane is idle
  void start(QueryCall call);

  /// Goes on with the searches under way, waiting for pages if there is nothing else to do.
  /// Whatever goes wrong fails the searches that it concerns.
  void advance();

  /// Fails all searches under way: the runner itself failed, or who drove it.
  void breakDown(Throwable why);

  /// Whether the runner itself failed, and with it all searches under way: it is of no more use.
  boolean isBroken();

  /// Checks a request as [#start] does.
  ///
  /// @throws IllegalArgumentException if it does not fit the index
  void check(SearchRequest request);

  /// A search under way, or null.
  @Nullable QueryCall underWay();

  /// Gives up its memory. A second call does nothing.
  @Override
  void close();

  /// Runs one search to its end; none is under way.
  default SearchResult search(SearchRequest request, SearchWatch watch) throws IOException {
    QueryCall call = new QueryCall(request, watch);
    try {
      start(call);
      while (!call.isDone()) {
        advance();
      }
    } catch (RuntimeException | Error e) {
      breakDown(e);
      throw e;
    }
    return call.get();
  }

  /// Runs searches to their end; none is under way. After a failure no more are started.
  default List<SearchResult> searchBatch(List<SearchRequest> requests, SearchWatch watch)
      throws IOException {
    requests.forEach(this::check);
    List<QueryCall> calls = new ArrayList<>(requests.size());
    try {
      runAll(requests, calls, watch);
    } catch (RuntimeException | Error e) {
      breakDown(e);
      throw e;
    }
    List<SearchResult> results = new ArrayList<>(calls.size());
    for (QueryCall call : calls) {
      results.add(call.get());
    }
    return results;
  }

  private void runAll(List<SearchRequest> requests, List<QueryCall> calls, SearchWatch watch) {
    int checked = 0;
    boolean failed = false;
    for (int i = 0; i < requests.size() && !failed; i++) {
      while (!hasIdleLane()) {
        advance();
      }
      QueryCall call = new QueryCall(requests.get(i), watch);
      calls.add(call);
      start(call);
      for (; !failed && checked < calls.size() && calls.get(checked).isDone(); checked++) {
        failed = calls.get(checked).hasFailed();
      }
    }
    while (underWay() != null) {
      advance();
    }
  }
}
