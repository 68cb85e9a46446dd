package com.omendb.store;

import java.io.IOException;
import java.util.List;

/// Runs searches one after another with scratch memory that it owns and reuses.
///
/// Not thread-safe: one searcher a thread. Close it to give its memory back to the budget.
public interface Searcher extends AutoCloseable {

  /// Finds the nearest neighbours of a query.
  ///
  /// @param request the query, k and the effort of the search
  /// @return the neighbours and what the search cost
  /// @throws IllegalArgumentException if the query's dimension or element type is not the index's,
  ///   or the query holds NaN, infinity or, for cosine, only zeros
  /// @throws IOException if a page that the search needs cannot be read, or fails its checksum
  ///   twice, and the request is not `degraded`; the message names file and page
  /// @throws IllegalStateException if the index is closed
  SearchResult search(SearchRequest request) throws IOException;

  /// Searches for several queries side by side on this thread, so that one waits for its pages
  /// while another computes: the throughput of many threads with one.
  ///
  /// @param requests the queries, each with its k and effort
  /// @return the results in the order of the requests
  /// @throws IllegalArgumentException if any of the requests does not fit the index, as for one
  ///   search; all are checked first, and nothing is searched then
  /// @throws IOException as for one search; no further search starts, and all results are lost
  /// @throws IllegalStateException if the index is closed
  List<SearchResult> searchBatch(List<SearchRequest> requests) throws IOException;

  @Override
  void close();
}
