package com.omendb.tools.eval;

import java.util.Arrays;

/// Checks of every result that an evaluation gets: a figure about wrong results is worth nothing.
final class ResultChecks {
  private ResultChecks() {}

  /// Requires `expectedCount` distinct ids of the index with ascending distances.
  ///
  /// @param indexCount vectors in the index
  /// @throws IllegalStateException naming the query and what is wrong with its result
  static void require(
      int query, long[] ids, float[] distances, long expectedCount, long indexCount) {
    if (ids.length != expectedCount) {
      throw wrong(query, "results=" + ids.length + ", expected=" + expectedCount);
    }
    for (int rank = 0; rank < ids.length; rank++) {
      if (ids[rank] < 0 || ids[rank] >= indexCount) {
        throw wrong(query, "no such id: id=" + ids[rank] + ", count=" + indexCount);
      }
      // Written so that NaN fails too.
      if (rank > 0 && !(distances[rank] >= distances[rank - 1])) {
        throw wrong(
            query,
            "distances do not ascend: rank=" + rank + ", distances=" + Arrays.toString(distances));
      }
    }
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw wrong(query, "an id came back twice: id=" + sorted[i]);
      }
    }
  }

  private static IllegalStateException wrong(int query, String what) {
    return new IllegalStateException("wrong result: query=" + query + ": " + what);
  }
}
