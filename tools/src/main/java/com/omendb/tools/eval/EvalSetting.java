package com.omendb.tools.eval;

import com.omendb.store.SearchRequest;
import com.omendb.store.SearchTuning;
import java.util.OptionalInt;

/// The knobs of a search that an evaluation turns.
///
/// @param searchListSize L, candidates kept; empty lets the index choose
/// @param tuning requests in flight, and the gain that a page must exceed to be read
/// @param maxPageReads bound on the pages of a search; empty lets the index choose
/// @param degraded whether to go on without pages that cannot be read
public record EvalSetting(
    OptionalInt searchListSize, SearchTuning tuning, OptionalInt maxPageReads, boolean degraded) {

  /// A setting of the list alone.
  public static EvalSetting of(int searchListSize) {
    return new EvalSetting(
        OptionalInt.of(searchListSize), SearchTuning.builder().build(), OptionalInt.empty(), false);
  }

  /// L as a report has it: 0 if the index chooses.
  public int listSize() {
    return searchListSize.orElse(0);
  }

  /// These knobs on a request.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public SearchRequest apply(SearchRequest.Builder request) {
    searchListSize.ifPresent(request::searchListSize);
    maxPageReads.ifPresent(request::maxPageReads);
    return request.tuning(tuning).degraded(degraded).build();
  }
}
