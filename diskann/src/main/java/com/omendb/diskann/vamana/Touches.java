package com.omendb.diskann.vamana;

/// Threads of a build call it before they touch memory at random, so that mapped memory can be kept
/// within a limit. Thread-safe.
@FunctionalInterface
public interface Touches {
  /// For data that fits memory.
  Touches NONE = _ -> {};

  /// Called before a thread touches vectors, or rows of a graph, wherever they are.
  ///
  /// @param count how many
  void before(int count);
}
