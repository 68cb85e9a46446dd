package com.omendb.tools.bench;

/// What searches cost, added up. Not thread-safe.
final class Costs {
  long expanded;
  long approximateDistances;
  long exactDistances;
  long pageReads;

  /// Adds what other searches cost.
  void add(Costs other) {
    expanded += other.expanded;
    approximateDistances += other.approximateDistances;
    exactDistances += other.exactDistances;
    pageReads += other.pageReads;
  }
}
