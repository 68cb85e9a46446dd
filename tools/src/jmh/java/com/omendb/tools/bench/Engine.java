package com.omendb.tools.bench;

import java.io.IOException;

/// An open index of one library that searches a fixed set of queries. Thread-safe.
interface Engine extends AutoCloseable {

  /// What tables call it.
  String name();

  /// A searcher for one thread.
  Worker newWorker();

  @Override
  void close() throws IOException;

  /// Searches one query after another and holds the latest result. Not thread-safe.
  interface Worker extends AutoCloseable {

    /// Searches.
    ///
    /// @param query row of the query
    /// @return neighbours found
    /// @throws IOException if the index cannot be read
    int search(int query, Effort effort) throws IOException;

    /// The latest result's row at a rank.
    long id(int rank);

    /// The latest result's exact distance at a rank, in the metric of the ground truth.
    float distance(int rank);

    /// What all searches of this worker cost.
    Costs costs();

    @Override
    void close() throws IOException;
  }
}
