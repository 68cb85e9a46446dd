package com.omendb.store.metrics;

import java.util.Locale;

/// Why a search failed; a label of [Meter#SEARCH_FAILURES].
public enum FailureType {
  /// A page or file is damaged.
  CORRUPT,
  /// A page could not be read.
  READ,
  /// The request does not fit the index: an error of the caller.
  REQUEST,
  /// The index or the searcher is closed, or every searcher is taken.
  REFUSED,
  /// Memory ran out.
  MEMORY,
  /// Anything else, which is a fault of the library.
  OTHER;

  /// {@return the value of the label [Labels#TYPE]}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
