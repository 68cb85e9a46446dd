package com.omendb.diskann.leaf;

import com.omendb.vectors.DenseBlockKernel;

/// How nodes are brought together in leaves, small sets within which all distances are computed.
///
/// A node is in up to `fan * subFan` leaves. That product decides the quality of the candidates;
/// the size of a leaf matters little.
///
/// @param fan nearest pivots of the whole set that a node is assigned to, 2 to 12
/// @param nodesPerPivot nodes that there are for each pivot of the whole set, of which there are
///   [#MAX_CELLS] at most
/// @param subFan nearest pivots of its cell that a member is assigned to, at most 12
/// @param leafSize the members that a leaf should have; none has more than twice as many
/// @param neighbours about how many nearest others of a leaf become candidates of a member, at most
///   12
/// @param threads worker threads
/// @param seed of the choice of pivots
public record LeafOptions(
    int fan, int nodesPerPivot, int subFan, int leafSize, int neighbours, int threads, long seed) {

  /// Most pivots of the whole set. Larger sets have larger cells instead, so that the assignment to
  /// cells does not outgrow the comparison within leaves.
  public static final int MAX_CELLS = 10_000;

  private static final int MIN_BLOCK = 4096;
  private static final int MIN_LEAF = 16;

  public LeafOptions {
    require(fan >= 2, "fan", fan);
    require(nodesPerPivot >= 1, "nodesPerPivot", nodesPerPivot);
    require(subFan >= 1, "subFan", subFan);
    require(leafSize >= MIN_LEAF, "leafSize", leafSize);
    require(neighbours >= 1, "neighbours", neighbours);
    requireAtMost("fan", fan);
    requireAtMost("subFan", subFan);
    requireAtMost("neighbours", neighbours);
    require(threads >= 1, "threads", threads);
  }

  /// Settings for a graph of about 64 edges a node.
  public static LeafOptions defaults(int threads, long seed) {
    return new LeafOptions(10, 1000, 3, 200, 8, threads, seed);
  }

  /// Most members of a leaf.
  public int leafCap() {
    return 2 * leafSize;
  }

  /// Number of cells of so many nodes.
  int cells(long count) {
    return Math.clamp(count / nodesPerPivot, 1, MAX_CELLS);
  }

  /// Most members of a cell that are handled together: twice as many as cells have on average, and
  /// at least so many that small sets are one piece.
  int blockMembers(long count) {
    long average = count * Math.min(fan, cells(count)) / cells(count);
    return (int) Math.min(count, Math.max(2 * average, MIN_BLOCK));
  }

  private static void requireAtMost(String name, int value) {
    if (value > DenseBlockKernel.MAX_NEAREST) {
      throw new IllegalArgumentException(
          name + " is above " + DenseBlockKernel.MAX_NEAREST + ": " + name + "=" + value);
    }
  }

  private static void require(boolean valid, String name, int value) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is too small: " + name + "=" + value);
    }
  }
}
