package com.omendb.store;

/// Why a search ended.
public enum SearchEnd {
  /// No unread page was expected to hold one of the k nearest neighbours.
  FINISHED,

  /// Every vector that may be an answer was looked at: there are no others.
  EXHAUSTED,

  /// The request's maxPageReads were used up.
  PAGE_LIMIT,

  /// The timeout of the request passed. The result is what had been found by then.
  TIMEOUT
}
