package com.omendb.tools.bench;

import com.omendb.datasets.truth.RecallScorer;
import com.omendb.store.AnnIndex;
import com.omendb.store.SearchRequest;
import com.omendb.vectors.VectorSource;
import java.util.concurrent.atomic.AtomicLong;

/// What all callers of a [Load] share. Thread-safe.
///
/// @param indexCount vectors in the index
/// @param k neighbours a query
/// @param next counts the searches begun
record LoadPlan(
    AnnIndex index,
    long indexCount,
    VectorSource queries,
    RecallScorer scorer,
    int k,
    Effort effort,
    AtomicLong next) {

  /// The row of the query whose turn it is.
  long nextQuery() {
    return next.getAndIncrement() % queries.count();
  }

  /// The request for a query.
  SearchRequest request(long query) {
    return effort.request(queries, query, k);
  }
}
