package com.omendb.diskann.leaf;

/// How nodes are brought together in leaves, small sets within which all distances are computed.
///
/// A node is in up to `fan * subFan` leaves. That product decides the quality of the candidates;
/// the size of a leaf matters little.
///
/// @param fan nearest pivots of the whole set that a node is assigned to, at least 2
/// @param nodesPerPivot nodes that there are for each pivot of the whole set
/// @param subFan nearest pivots of its cell that a member is assigned to
/// @param leafSize the members that a leaf should have; none has more than twice as many
/// @param neighbours about how many nearest others of a leaf become candidates of a member
/// @param threads worker threads
/// @param seed of the choice of pivots
public record LeafOptions(
    int fan, int nodesPerPivot, int subFan, int leafSize, int neighbours, int threads, long seed) {

  private static final int LEAST_LEAF = 16;

  public LeafOptions {
    require(fan >= 2, "fan", fan);
    require(nodesPerPivot >= 1, "nodesPerPivot", nodesPerPivot);
    require(subFan >= 1, "subFan", subFan);
    require(leafSize >= LEAST_LEAF, "leafSize", leafSize);
    require(neighbours >= 1, "neighbours", neighbours);
    require(threads >= 1, "threads", threads);
  }

  /// Settings for a graph of about 64 edges a node.
  public static LeafOptions defaults(int threads, long seed) {
    return new LeafOptions(10, 1000, 3, 300, 8, threads, seed);
  }

  /// Most members of a leaf.
  public int leafCap() {
    return 2 * leafSize;
  }

  private static void require(boolean valid, String name, int value) {
    if (!valid) {
      throw new IllegalArgumentException(name + " is too small: " + name + "=" + value);
    }
  }
}
