package com.omendb.store;

/// Why a search ended.
public enum SearchEnd {
  /// No further page was expected to hold a neighbour that is wanted.
  FINISHED,

  /// Every vector that may be an answer was looked at: there are no others.
  EXHAUSTED,

  /// The request's maxPageReads were used up.
  PAGE_LIMIT,

  /// The request's timeout was over. What had been found until then is the result.
  TIMEOUT
}
