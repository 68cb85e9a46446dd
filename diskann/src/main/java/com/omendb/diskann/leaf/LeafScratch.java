package com.omendb.diskann.leaf;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.function.Supplier;

/// Where a build from leaves keeps what it needs meanwhile.
///
/// @param candidateBytes memory for candidate edges
/// @param copyBytes memory of each thread for copies of vectors, where these lie in a file larger
///   than memory; 0 where they are in memory
/// @param directory in which scratch files are created for those that do not fit, and deleted again
/// @param arenas new shared arenas for all other data, closed by the build
public record LeafScratch(
    long candidateBytes, long copyBytes, Path directory, Supplier<Arena> arenas) {
  /// Checks that there is memory.
  public LeafScratch {
    if (candidateBytes < 1) {
      throw new IllegalArgumentException(
          "candidateBytes must be positive: candidateBytes=" + candidateBytes);
    }
  }
}
