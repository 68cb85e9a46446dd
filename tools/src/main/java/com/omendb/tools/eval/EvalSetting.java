package com.omendb.tools.eval;

import com.omendb.store.SearchRequest;

/// The knobs of a search that an evaluation turns.
///
/// @param searchListSize L, candidates kept
/// @param beamWidth W, page requests in flight; 0 lets the index choose
/// @param gainThreshold gain that a page must exceed to be read; negative lets the index choose
/// @param maxPageReads bound on the pages of a search; 0 lets the index choose
/// @param degraded whether to go on without pages that cannot be read
public record EvalSetting(
    int searchListSize, int beamWidth, float gainThreshold, int maxPageReads, boolean degraded) {

  /// A setting of the list alone.
  public static EvalSetting of(int searchListSize) {
    return new EvalSetting(searchListSize, 0, SearchRequest.AUTO_GAIN, 0, false);
  }

  /// These knobs on a request.
  public SearchRequest apply(SearchRequest request) {
    return request
        .withSearchListSize(searchListSize)
        .withBeamWidth(beamWidth)
        .withGainThreshold(gainThreshold)
        .withMaxPageReads(maxPageReads)
        .withDegraded(degraded);
  }
}
