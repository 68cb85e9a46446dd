package com.omendb.tools.command;

import com.omendb.store.SearchRequest;
import com.omendb.tools.eval.EvalSetting;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;

/// How hard a search looks.
///
/// @param k neighbours wanted
/// @param searchListSize candidates kept; 0 lets the index choose
/// @param beamWidth page requests in flight; 0 lets the index choose
/// @param gainThreshold gain that a page must exceed to be read; negative lets the index choose
/// @param maxPageReads bound on the pages of a search; 0 lets the index choose
/// @param degraded whether to go on without pages that cannot be read
record SearchKnobs(
    int k,
    int searchListSize,
    int beamWidth,
    float gainThreshold,
    int maxPageReads,
    boolean degraded) {

  /// Checks what [SearchRequest] checks, before any file is opened.
  SearchKnobs {
    var _ =
        new SearchRequest(
            MemorySegment.ofArray(new byte[0]),
            ElementType.UINT8,
            k,
            searchListSize,
            beamWidth,
            gainThreshold,
            maxPageReads,
            degraded,
            0);
  }

  /// These knobs as a setting of an evaluation.
  EvalSetting setting() {
    return new EvalSetting(searchListSize, beamWidth, gainThreshold, maxPageReads, degraded);
  }

  /// A request for one row of a file.
  SearchRequest request(VectorSource queries, long row) {
    return apply(SearchRequest.of(queries, row, k));
  }

  /// These knobs on a request.
  SearchRequest apply(SearchRequest request) {
    return setting().apply(request);
  }
}
