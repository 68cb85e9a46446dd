package com.omendb.diskann.forecast;

import com.omendb.store.BuildOptions;
import com.omendb.vectors.VectorShape;
import java.util.LinkedHashMap;
import java.util.Map;

/// How long a build would take: the measured thread-seconds of each phase, in proportion to the
/// count, to the bytes of what the phase reads, and to the threads.
final class BuildTime {
  private BuildTime() {}

  /// Seconds by phase.
  ///
  /// @param codeCount codes that the index keeps
  /// @param inFiles whether the data is left in scratch files
  static Map<String, Double> of(
      VectorShape shape, BuildOptions options, int codeCount, boolean inFiles) {
    double millions = shape.count() / Measured.COUNT;
    double byBytes = shape.vectorBytes() / Measured.VECTOR_BYTES;
    double byDegree = options.maxDegree() / Measured.MAX_DEGREE;
    double doublings = Math.log(millions) / Math.log(2);
    double byCount = millions * Math.max(0.5, 1 + Measured.BUILD_GROWTH * doublings);
    double speed = options.threads() / (inFiles ? Measured.IN_FILES_FACTOR : 1);
    Map<String, Double> seconds = new LinkedHashMap<>();
    double graph =
        switch (options.tuning().method()) {
          case LEAF -> Measured.LEAF_SECONDS * byCount * byBytes;
          case VAMANA ->
              Measured.VAMANA_SECONDS
                  * byCount
                  * byBytes
                  * options.tuning().buildListSize()
                  / Measured.BUILD_LIST_SIZE;
        };
    double prune =
        switch (options.tuning().method()) {
          case LEAF -> Measured.PRUNE_SECONDS * millions * byBytes * byDegree;
          case VAMANA -> 0;
        };
    seconds.put("order vectors", Measured.ORDER_SECONDS * millions * byBytes / speed);
    seconds.put("graph", (graph + prune) / speed);
    seconds.put("pages and graphs", Measured.LAYOUT_SECONDS * millions * byBytes / speed);
    double training = Measured.TRAIN_SECONDS * codeCount * shape.dimension();
    double encoding = Measured.ENCODE_SECONDS * millions * codeCount * shape.dimension();
    double perDimension = Measured.VECTOR_BYTES;
    seconds.put("codes", (training + encoding) / perDimension / speed);
    seconds.put("layers and publication", Measured.PUBLISH_SECONDS * millions / speed);
    return seconds;
  }
}
