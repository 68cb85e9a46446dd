package com.omendb.tools.bench;

/// Prints to stderr how long each part of a long task took. Not thread-safe.
final class Stopwatch {
  private final long begin = System.nanoTime();
  private long lapBegin = begin;

  /// Ends a part.
  void lap(String name) {
    long now = System.nanoTime();
    System.err.printf("  %-10s %8.1f s%n", name, (now - lapBegin) / 1e9);
    lapBegin = now;
  }

  /// Ends the task.
  void end() {
    System.err.printf("  %-10s %8.1f s%n", "all", (System.nanoTime() - begin) / 1e9);
    System.err.println("  " + ProcessMemory.now());
  }
}
