package com.omendb.store;

import java.util.Locale;

/// How the candidate neighbours of each node are found when a graph is built.
public enum BuildMethod {
  /// By comparing nodes within small overlapping sets of near ones: the graph is of the same
  /// quality as with two passes of searches, in a fraction of the time.
  LEAF("leaf"),
  /// By searching the growing graph for each node, in two passes: the method of the DiskANN paper.
  /// Its build list size says how thoroughly.
  VAMANA("vamana");

  private final String label;

  BuildMethod(String label) {
    this.label = label;
  }

  /// {@return the name used on the command line and in manifests: `leaf`, `vamana`}
  public String label() {
    return label;
  }

  /// {@return the method with this label, ignoring case}
  ///
  /// @param label text that names one, in any case
  /// @throws IllegalArgumentException if no method has it
  public static BuildMethod ofLabel(String label) {
    String wanted = label.toLowerCase(Locale.ROOT);
    for (BuildMethod method : values()) {
      if (method.label.equals(wanted)) {
        return method;
      }
    }
    throw new IllegalArgumentException(
        "unknown build method: method=" + label + ", known: leaf, vamana");
  }
}
