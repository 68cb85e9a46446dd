package com.omendb.tools.eval;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.store.OpenOptions;
import com.omendb.vectors.VectorSource;
import java.nio.file.Path;

/// What an evaluation measures, the same for every setting.
///
/// @param index directory of the index
/// @param queries every one is searched once a setting
/// @param truth their exact neighbours, in the rows of the index
/// @param k neighbours wanted, at most the truth's
/// @param threads threads that search at one time
/// @param openOptions budget to serve with; searchers for all threads are opened
/// @param keepCache search every setting on one open index, whose page cache stays warm; false to
///   open it anew, so that every setting starts with an empty cache
/// @param warmUpQueries queries searched before the first setting, so that the compiler has done
///   its work; [#DEFAULT_WARM_UP] for as many as that takes
/// @param batchSize queries that a thread gives to the index at a time
public record EvalPlan(
    Path index,
    VectorSource queries,
    GroundTruth truth,
    int k,
    int threads,
    OpenOptions openOptions,
    boolean keepCache,
    long warmUpQueries,
    int batchSize) {

  /// At least 1,000 queries and two seconds of them.
  public static final long DEFAULT_WARM_UP = -1;

  /// Checks that the parts fit each other.
  ///
  /// @throws IllegalArgumentException naming the part that does not
  public EvalPlan {
    if (queries.count() < 1 || queries.count() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "queries out of range 1..2^31-9: queries=" + queries.count());
    }
    truth.requireFits(queries.count(), k);
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be positive: threads=" + threads);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be positive: batchSize=" + batchSize);
    }
    openOptions = openOptions.toBuilder().maxSearchers(threads).build();
  }

  /// Number of queries.
  public int queryCount() {
    return (int) queries.count();
  }
}
