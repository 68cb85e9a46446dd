package com.omendb.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;

/// What a build made.
///
/// @param directory where the index is
/// @param kind of the index
/// @param count vectors in it
/// @param indexBytes bytes of its files
/// @param elapsed time of the whole build
/// @param settings how it was built, by name, in a stable order
public record BuildReport(
    Path directory,
    String kind,
    long count,
    long indexBytes,
    Duration elapsed,
    Map<String, String> settings) {

  /// The recall@10 at the default searchListSize that the build measured on its own graph, for
  /// queries like the vectors; empty if it measured none.
  public OptionalDouble selfCheckRecall() {
    String recall = settings.get("selfCheckRecall");
    return recall == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(recall));
  }
}
