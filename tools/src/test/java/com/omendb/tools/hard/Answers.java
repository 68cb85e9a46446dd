package com.omendb.tools.hard;

import java.util.Arrays;

/// What an index answered to all queries with candidate lists of one length. Immutable.
public final class Answers {
  private final int listSize;
  private final int k;
  private final int[] hits;
  private final double pageReads;

  /// Takes ownership of the array.
  ///
  /// @param listSize length of the candidate list
  /// @param k neighbours asked for
  /// @param hits true neighbours found, by query
  /// @param pageReads pages that a query wanted on average, cached or not
  Answers(int listSize, int k, int[] hits, double pageReads) {
    this.listSize = listSize;
    this.k = k;
    this.hits = hits;
    this.pageReads = pageReads;
  }

  int listSize() {
    return listSize;
  }

  int k() {
    return k;
  }

  int queryCount() {
    return hits.length;
  }

  /// True neighbours found of a query, 0 to `k`.
  int hits(int query) {
    return hits[query];
  }

  /// Pages that a query wanted on average, cached or not.
  public double pageReads() {
    return pageReads;
  }

  /// Share of the true neighbours that were found.
  public double recall() {
    return Arrays.stream(hits).sum() / ((double) k * hits.length);
  }

  /// Queries of which no true neighbour was found.
  public int zeros() {
    return (int) Arrays.stream(hits).filter(found -> found == 0).count();
  }
}
