package com.omendb.diskann.vamana;

/// Is told by all threads of a build before they touch memory at random, so that it can keep mapped
/// memory within a limit. Thread-safe.
@FunctionalInterface
public interface Touches {
  /// For data that fits memory.
  Touches NONE = _ -> {};

  /// Called before a thread touches vectors, or rows of a graph, wherever they are.
  ///
  /// @param count how many
  void before(int count);
}
