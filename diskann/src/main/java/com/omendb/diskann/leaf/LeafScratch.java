package com.omendb.diskann.leaf;

import java.nio.file.Path;

/// Where candidate edges are kept while a graph is built.
///
/// @param candidateBytes memory for them
/// @param directory in which scratch files are created for what does not fit, and deleted again
public record LeafScratch(long candidateBytes, Path directory) {
  /// Checks that there is memory.
  public LeafScratch {
    if (candidateBytes < 1) {
      throw new IllegalArgumentException(
          "candidateBytes must be positive: candidateBytes=" + candidateBytes);
    }
  }
}
