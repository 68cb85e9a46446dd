package com.omendb.vectors;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// How near two vectors are. Every metric is a distance inside OmenDB: smaller is nearer.
///
/// The persistent codes never change.
public enum Metric {
  /// Sum of squared differences.
  SQUARED_L2(1, "l2", "euclidean squared_euclidean sqeuclidean squared_l2 l2_squared l2sq"),
  /// The inner product, negated.
  INNER_PRODUCT(2, "ip", "dot inner_product dot_product max_inner_product mips"),
  /// One minus the cosine of the angle, 0 to 2. Zero vectors have no cosine and are refused.
  COSINE(3, "cosine", "angular cos cosine_similarity cosine_distance");

  private final int code;
  private final String label;
  private final String otherNames;

  Metric(int code, String label, String otherNames) {
    this.code = code;
    this.label = label;
    this.otherNames = otherNames;
  }

  /// {@return the number that stands for this metric in files}
  public int code() {
    return code;
  }

  /// {@return the name used on the command line and in reports: `l2`, `ip`, `cosine`}
  public String label() {
    return label;
  }

  /// {@return the metric with this persistent code}
  ///
  /// @param code number in files, see [#code()]
  /// @throws IllegalArgumentException if no metric has it
  public static Metric ofCode(int code) {
    for (Metric metric : values()) {
      if (metric.code == code) {
        return metric;
      }
    }
    throw new IllegalArgumentException("unknown metric: code=" + code);
  }

  /// {@return the metric with this label or one of the names that other programs and files give it,
  /// such as `euclidean`, `dot` or `angular`} Case does not matter, nor whether words are joined by
  /// `_`, `-` or a space.
  ///
  /// @param label such as `l2` or `euclidean`
  /// @throws IllegalArgumentException naming all accepted names if no metric has it
  public static Metric ofLabel(String label) {
    String wanted = label.strip().toLowerCase(Locale.ROOT).replaceAll("[- ]", "_");
    for (Metric metric : values()) {
      if (metric.label.equals(wanted)
          || List.of(metric.otherNames.split(" ", -1)).contains(wanted)) {
        return metric;
      }
    }
    String known =
        Arrays.stream(values())
            .map(metric -> metric.label + " or " + metric.otherNames)
            .collect(Collectors.joining("; "));
    throw new IllegalArgumentException("unknown metric (known: " + known + "): metric=" + label);
  }
}
