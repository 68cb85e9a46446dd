package com.omendb.store.serving;

import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An open index of any kind: its searches run on the runners of a [SearcherPool], are watched, and
/// keep what they read open until the last of them has ended.
///
/// Thread-safe.
public final class ServedIndex implements AnnIndex {
  private final IndexInfo info;
  private final SearcherPool searchers;
  private final SearchWatch watch;
  private final IndexGauges gauges;
  private final List<AutoCloseable> resources;
  private final CloseGuard guard = new CloseGuard();
  private final Object closing = new Object();

  /// An index over what is open.
  ///
  /// @param info what the index is
  /// @param searchers run its searches
  /// @param watch counts batches that are refused; searches report to the pool's
  /// @param gauges of the index; closed with it
  /// @param resources closed with it, in this order, after the last search
  public ServedIndex(
      IndexInfo info,
      SearcherPool searchers,
      SearchWatch watch,
      IndexGauges gauges,
      List<? extends AutoCloseable> resources) {
    this.info = info;
    this.searchers = searchers;
    this.watch = watch;
    this.gauges = gauges;
    this.resources = List.copyOf(resources);
    gauges.addSearches(searchers, guard);
  }

  @Override
  public IndexInfo info() {
    return info;
  }

  @Override
  public SearchResult search(SearchRequest request) throws IOException {
    return search(request, null);
  }

  /// Searches among some nodes; see [#search(SearchRequest)].
  ///
  /// @param accept which nodes may be answers; null for all
  public SearchResult search(SearchRequest request, @Nullable Accept accept) throws IOException {
    guard.enter();
    try {
      return searchers.search(request, accept);
    } finally {
      guard.leave();
    }
  }

  @Override
  public List<SearchResult> searchBatch(List<SearchRequest> batch) throws IOException {
    // The list is the caller's and may fail or change under way.
    List<SearchRequest> requests = List.copyOf(batch);
    guard.enter();
    try {
      QueryRunner runner = searchers.take();
      try {
        return searchBatch(runner, requests);
      } finally {
        searchers.giveBack(runner);
      }
    } finally {
      guard.leave();
    }
  }

  @Override
  public Searcher newSearcher() {
    guard.enter();
    try {
      return new LentSearcher(searchers.takeNow());
    } finally {
      guard.leave();
    }
  }

  @Override
  public void close() {
    searchers.refuseWaiters();
    // Who comes second returns when all is closed as well.
    synchronized (closing) {
      if (guard.close()) {
        closeAll();
      }
    }
  }

  private List<SearchResult> searchBatch(QueryRunner runner, List<SearchRequest> requests)
      throws IOException {
    try {
      return runner.searchBatch(requests, watch);
    } catch (IllegalArgumentException e) {
      watch.refused(e);
      throw e;
    }
  }

  private void closeAll() {
    Closing all = new Closing();
    all.close(searchers);
    resources.forEach(all::close);
    // Gauges come last, so that counters are those of the end.
    all.close(gauges);
    all.end();
  }

  /// A searcher of the pool in the hands of a user.
  private final class LentSearcher implements Searcher {
    private final QueryRunner runner;
    private boolean closed;

    LentSearcher(QueryRunner runner) {
      this.runner = runner;
    }

    @Override
    public SearchResult search(SearchRequest request) throws IOException {
      requireOpen();
      guard.enter();
      try {
        return runner.search(request, watch);
      } finally {
        guard.leave();
      }
    }

    @Override
    public List<SearchResult> searchBatch(List<SearchRequest> batch) throws IOException {
      requireOpen();
      List<SearchRequest> requests = List.copyOf(batch);
      guard.enter();
      try {
        return ServedIndex.this.searchBatch(runner, requests);
      } finally {
        guard.leave();
      }
    }

    private void requireOpen() {
      if (closed) {
        throw new IllegalStateException("the searcher is closed");
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        searchers.giveBack(runner);
      }
    }
  }
}
