package com.omendb.diskann.vamana;

/// Where the search for a number begins in a hash table of open addressing, whatever the table
/// holds beside its numbers: nodes, pages and groups come in runs, which this spreads.
public final class NodeHash {
  private static final int MIN_LENGTH = 64;

  private NodeHash() {}

  /// The length, a power of two, of a table at most about half full.
  ///
  /// @param expected how many numbers it will hold
  public static int tableLength(int expected) {
    return Integer.highestOneBit(Math.max(MIN_LENGTH, expected * 2) - 1) << 1;
  }

  /// The first slot to look at.
  ///
  /// @param mask the length of the table less one
  public static int slot(int number, int mask) {
    int mixed = number * 0x9E3779B9;
    return (mixed ^ (mixed >>> 15)) & mask;
  }
}
