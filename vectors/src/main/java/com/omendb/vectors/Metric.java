package com.omendb.vectors;

import java.util.Locale;

/// How near two vectors are. Every metric is a distance inside OmenDB: smaller is nearer.
///
/// The persistent codes never change.
public enum Metric {
  /// Sum of squared differences.
  SQUARED_L2(1, "l2"),
  /// The inner product, negated.
  INNER_PRODUCT(2, "ip"),
  /// One minus the cosine of the angle, 0 to 2. Zero vectors have no cosine and are refused.
  COSINE(3, "cosine");

  private final int code;
  private final String label;

  Metric(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /// The number that stands for this metric in files.
  public int code() {
    return code;
  }

  /// The name used on the command line and in reports: `l2`, `ip`, `cosine`.
  public String label() {
    return label;
  }

  /// The metric with this persistent code.
  ///
  /// @throws IllegalArgumentException if no metric has it
  public static Metric ofCode(int code) {
    for (Metric metric : values()) {
      if (metric.code == code) {
        return metric;
      }
    }
    throw new IllegalArgumentException("unknown metric: code=" + code);
  }

  /// The metric with this label or enum name, ignoring case.
  ///
  /// @throws IllegalArgumentException if no metric has it
  public static Metric ofLabel(String label) {
    String wanted = label.toLowerCase(Locale.ROOT);
    for (Metric metric : values()) {
      if (metric.label.equals(wanted) || metric.name().toLowerCase(Locale.ROOT).equals(wanted)) {
        return metric;
      }
    }
    throw new IllegalArgumentException(
        "unknown metric: metric=" + label + ", known: l2, ip, cosine");
  }
}
