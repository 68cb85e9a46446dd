package com.omendb.diskann.search;

import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.SearchResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs several searches side by side on one thread at a time; it may pass from thread to thread
/// with searches under way.
interface QueryRunner extends AutoCloseable {
  /// Whether another search can be started.
  boolean hasIdleLane();

  /// Starts a search; it may be done at once.
  void start(QueryCall call);

  /// Goes on with the searches under way, waiting for pages if there is nothing else to do.
  void advance();

  /// A search under way, or null.
  @Nullable QueryCall underWay();

  @Override
  void close();

  /// Runs one search to its end; none is under way.
  default SearchResult search(SearchRequest request) throws IOException {
    QueryCall call = new QueryCall(request);
    start(call);
    while (!call.isDone()) {
      advance();
    }
    return call.get();
  }

  /// Runs searches to their end; none is under way.
  default List<SearchResult> searchBatch(List<SearchRequest> requests) throws IOException {
    List<QueryCall> calls = new ArrayList<>(requests.size());
    for (SearchRequest request : requests) {
      while (!hasIdleLane()) {
        advance();
      }
      QueryCall call = new QueryCall(request);
      calls.add(call);
      start(call);
    }
    while (underWay() != null) {
      advance();
    }
    List<SearchResult> results = new ArrayList<>(calls.size());
    for (QueryCall call : calls) {
      results.add(call.get());
    }
    return results;
  }
}
