package com.omendb.vectors;

import java.io.IOException;

/// Runs searches one after another with scratch memory that it owns and reuses.
///
/// Not thread-safe: one searcher a thread. Close it to give its memory back to the budget.
public interface Searcher extends AutoCloseable {

  /// Finds the nearest neighbours of a query.
  ///
  /// @throws IllegalArgumentException if the query's dimension or element type is not the index's,
  ///   or the query holds NaN, infinity or, for cosine, only zeros
  /// @throws IOException if a page cannot be read or fails its checksum
  /// @throws IllegalStateException if the index is closed
  SearchResult search(SearchRequest request) throws IOException;

  @Override
  void close();
}
