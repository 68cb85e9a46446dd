package com.omendb.tools.command;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.truth.WrongTruthException;
import com.omendb.vectors.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The metric that a command works with and where it comes from: what was asked for, else what the
/// file of vectors states, else squared L2.
///
/// @param metric the metric
/// @param origin where it comes from, for people
record MetricChoice(Metric metric, String origin) {
  /// What is used where neither a person nor a file says anything.
  static final MetricChoice DEFAULT = new MetricChoice(Metric.SQUARED_L2, "the default");

  /// The metric for a file of vectors.
  ///
  /// @param asked what `--metric` says; null if it was not given
  /// @param warnings gets what a person should know
  /// @throws IllegalArgumentException if the file states a distance that OmenDB does not have, and
  ///   none was asked for
  static MetricChoice of(@Nullable Metric asked, Path file, Consumer<String> warnings)
      throws IOException {
    Optional<String> distance = VectorFile.statedDistance(file);
    Optional<Metric> stated = distance.flatMap(MetricChoice::known);
    if (asked != null) {
      if (distance.isPresent() && !stated.equals(Optional.of(asked))) {
        warnings.accept(
            ("the file is for another distance than --metric asks for:"
                    + " path=%s, distance=%s, metric=%s")
                .formatted(file, distance.get(), asked.label()));
      }
      return new MetricChoice(asked, "asked for");
    }
    if (distance.isEmpty()) {
      return DEFAULT;
    }
    return stated
        .map(metric -> new MetricChoice(metric, "the file says " + distance.get()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the file is for a distance that OmenDB does not have; --metric chooses"
                        + " another:"
                        + " path=%s, distance=%s".formatted(file, distance.get())));
  }

  /// Requires that a file of ground truth does not state another metric than that of an index.
  ///
  /// @throws WrongTruthException if it does
  static void requireSame(Path truth, Metric metric) throws IOException {
    Optional<String> distance = VectorFile.statedDistance(truth);
    if (distance.isPresent()
        && !distance.flatMap(MetricChoice::known).equals(Optional.of(metric))) {
      throw new WrongTruthException(
          ("the ground truth is of another distance than the index:"
                  + " path=%s, distance=%s, metric of the index=%s")
              .formatted(truth, distance.get(), metric.label()));
    }
  }

  /// The metric with its origin, for people.
  String text() {
    return metric.label() + " (" + origin + ")";
  }

  private static Optional<Metric> known(String distance) {
    try {
      return Optional.of(Metric.ofLabel(distance));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
