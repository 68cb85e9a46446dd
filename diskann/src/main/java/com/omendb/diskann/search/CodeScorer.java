package com.omendb.diskann.search;

import com.omendb.diskann.format.CodesFile;
import com.omendb.pq.CodeDistances;
import com.omendb.store.serving.QueryVector;
import com.omendb.vectors.Metric;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Estimates the distances of nodes from their codes, freed of the mean error of the codes.
///
/// Scratch of one query at a time. Not thread-safe.
final class CodeScorer {
  private final CodeDistances distances;
  private final long codesAddress;
  private final Metric metric;
  private final CodeErrorModel errorModel;
  private float offset;
  private double queryNorm;
  private int estimateCount;

  CodeScorer(CodesFile codes, Metric metric, Arena arena) {
    this.distances = codes.code().newDistances(arena);
    this.codesAddress = codes.codes().address();
    this.metric = metric;
    this.errorModel = new CodeErrorModel(metric, codes.error());
  }

  /// Turns to the next query.
  void prepare(QueryVector query) {
    distances.prepare(query.source(), 0, metric);
    queryNorm = metric == Metric.INNER_PRODUCT ? query.norm() : 1;
    offset = (float) errorModel.offset(queryNorm);
    estimateCount = 0;
  }

  /// Estimates the distances of the first `count` nodes.
  void estimate(int[] nodes, int count, float[] estimates) {
    distances.distances(codesAddress, nodes, count, estimates);
    for (int i = 0; i < count; i++) {
      estimates[i] -= offset;
    }
    estimateCount += count;
  }

  /// Estimates the distances of what other codes stand for, by the same code as those of the nodes.
  ///
  /// @param codes flat
  /// @param numbers which of them
  void estimate(MemorySegment codes, int[] numbers, int count, float[] estimates) {
    distances.distances(codes.address(), numbers, count, estimates);
    estimateCount += count;
  }

  /// Estimates made for this query.
  int estimateCount() {
    return estimateCount;
  }

  /// Standard deviation of the estimates near a distance.
  double deviation(float distance) {
    return errorModel.deviation(distance, queryNorm);
  }
}
