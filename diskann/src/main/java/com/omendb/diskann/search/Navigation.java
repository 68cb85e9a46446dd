package com.omendb.diskann.search;

/// How much of the graph lies in memory, least first; the memory budget decides.
enum Navigation {
  /// The entry layers only: the graph is walked through its pages.
  PAGES("pages", 4),
  /// The graph over groups of nodes beside them: it leads to nearly all pages worth reading.
  GROUPS("groups", 8),
  /// The thin graph over all nodes: pages are read for exact distances only.
  GRAPH("graph", 32),
  /// The thin graph and all vectors: nothing is read.
  RESIDENT("resident", 1);

  private final String label;
  private final int beamWidth;

  Navigation(String label, int beamWidth) {
    this.label = label;
    this.beamWidth = beamWidth;
  }

  /// What users see.
  String label() {
    return label;
  }

  /// Page requests in flight when a request leaves it open.
  int beamWidth() {
    return beamWidth;
  }
}
