package com.omendb.tools.bench;

import com.omendb.store.SearchRequest;
import com.omendb.vectors.VectorSource;

/// How hard a search looks.
///
/// @param listSize length of the candidate list, 0 to let the index choose: OmenDB's
///   searchListSize, JVector's rerankK
/// @param beamWidth page requests in flight, 0 to let the index choose; OmenDB's alone
record Effort(int listSize, int beamWidth) {

  /// Parses `30` or, with a beam width, `30/4`.
  ///
  /// @throws NumberFormatException if it is neither
  static Effort parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new Effort(Integer.parseInt(text), 0)
        : new Effort(
            Integer.parseInt(text.substring(0, slash)),
            Integer.parseInt(text.substring(slash + 1)));
  }

  /// A request to OmenDB for one query.
  SearchRequest request(VectorSource queries, long query, int k) {
    SearchRequest.Builder request = SearchRequest.builder(queries, query, k);
    if (listSize > 0) {
      request.searchListSize(listSize);
    }
    if (beamWidth > 0) {
      request.tuning(t -> t.beamWidth(beamWidth));
    }
    return request.build();
  }

  @Override
  public String toString() {
    return beamWidth == 0 ? String.valueOf(listSize) : listSize + "/" + beamWidth;
  }
}
