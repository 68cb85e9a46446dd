package com.omendb.tools.command;

import com.omendb.store.SearchRequest;
import com.omendb.tools.eval.EvalSetting;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;

/// How hard a search looks.
///
/// @param k neighbours wanted
/// @param setting all else
record SearchKnobs(int k, EvalSetting setting) {

  /// Checks what [SearchRequest] checks, before any file is opened.
  SearchKnobs {
    var _ =
        setting.apply(
            SearchRequest.builder(MemorySegment.ofArray(new byte[0]), ElementType.UINT8, k));
  }

  /// A request for one row of a file.
  SearchRequest request(VectorSource queries, long row) {
    return apply(SearchRequest.builder(queries, row, k));
  }

  /// These knobs on a request.
  SearchRequest apply(SearchRequest.Builder request) {
    return setting.apply(request);
  }
}
