package com.omendb.store;

import java.util.Locale;

/// How much of an index is in memory while it is open. From the first to the last, searches read
/// less and memory holds more.
public enum Residency {
  /// The entry layers and the codes: the graph is walked through its pages.
  PAGES,
  /// With them a graph over groups of neighbouring nodes: it leads to nearly all pages worth
  /// reading.
  GROUPS,
  /// The entry layers, the codes and a thin graph over all nodes: pages are read for exact
  /// distances only.
  GRAPH,
  /// The thin graph and all vectors: nothing is read.
  ALL;

  /// {@return the name on the command line: `pages`, `groups`, `graph`, `all`}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the residency with this label, ignoring case}
  ///
  /// @param label text that names one, in any case
  /// @throws IllegalArgumentException if there is none
  public static Residency ofLabel(String label) {
    for (Residency residency : values()) {
      if (residency.label().equals(label.toLowerCase(Locale.ROOT))) {
        return residency;
      }
    }
    throw new IllegalArgumentException(
        "unknown residency, known are pages, groups, graph, all: residency=" + label);
  }
}
