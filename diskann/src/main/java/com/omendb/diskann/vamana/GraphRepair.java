package com.omendb.diskann.vamana;

import com.omendb.vectors.Progress;
import java.lang.foreign.Arena;

/// Makes every node of a graph reachable from the medoid, so that a search can always return k
/// results when k exist.
///
/// Pruning can leave nodes that no path leads to, above all among duplicates. Each such node gets a
/// bridge: an edge from the nearest reachable node that a search finds. A full row gives up its
/// last edge for the bridge, which may cut off another node; a row hosts one bridge only, so
/// bridges are never given up and the rounds end.
public final class GraphRepair {
  private static final int MAX_ROUNDS = 64;

  private final NodeSpace space;
  private final Adjacency graph;
  private final int medoid;
  private final int listSize;
  private final NodeBits bridged;
  private final ReachableNodes reachable;
  private final int[] row;

  private GraphRepair(NodeSpace space, Adjacency graph, int medoid, int listSize, Arena arena) {
    this.space = space;
    this.graph = graph;
    this.medoid = medoid;
    this.listSize = listSize;
    this.bridged = new NodeBits(graph.nodeCount(), arena);
    this.reachable = new ReachableNodes(graph, arena);
    this.row = new int[graph.slots()];
  }

  /// Native bytes that a repair needs: three bit sets.
  public static long bytes(long nodeCount) {
    return NodeBits.bytes(nodeCount) + ReachableNodes.bytes(nodeCount);
  }

  /// Links every node that no path from the medoid leads to.
  ///
  /// @param listSize L of the searches for a place
  /// @param name what the graph is called in the progress
  public static void reachAll(
      NodeSpace space, Adjacency graph, int medoid, int listSize, String name, Progress progress) {
    progress.phase(name + ", reachability", graph.nodeCount());
    try (Arena arena = Arena.ofConfined()) {
      new GraphRepair(space, graph, medoid, listSize, arena).run(progress);
    }
  }

  private void run(Progress progress) {
    for (int round = 1; ; round++) {
      reachable.clear();
      int count = reachable.addFrom(medoid);
      if (count == graph.nodeCount()) {
        progress.advance(count);
        return;
      }
      progress.note(
          "round " + round + ": bridging " + (graph.nodeCount() - count) + " unreachable nodes");
      if (round == MAX_ROUNDS) {
        throw new IllegalStateException(
            "nodes stay unreachable after repair: unreachable=" + (graph.nodeCount() - count));
      }
      bridgeUnreachable();
    }
  }

  private void bridgeUnreachable() {
    GreedySearch search = new GreedySearch(space, graph, listSize);
    int lastHost = medoid;
    int end = graph.nodeCount();
    for (int next = reachable.nextMissing(0); next < end; next = reachable.nextMissing(next)) {
      int node = next;
      search.search(node, medoid, listSize);
      int host = findHost(search, lastHost);
      addBridge(host, node);
      // What hangs on this node is reachable with it, and it may host the next bridge itself.
      reachable.addFrom(node);
      lastHost = node;
    }
  }

  // The nearest candidate that hosts no bridge yet; the node bridged last always qualifies.
  private int findHost(GreedySearch search, int lastHost) {
    CandidateList candidates = search.candidates();
    for (int i = 0; i < candidates.size(); i++) {
      int candidate = candidates.node(i);
      if (reachable.contains(candidate) && !bridged.contains(candidate)) {
        return candidate;
      }
    }
    return bridged.contains(lastHost) ? firstWithoutBridge() : lastHost;
  }

  private int firstWithoutBridge() {
    long node = reachable.bits().nextNotIn(bridged, 0, graph.nodeCount());
    if (node == graph.nodeCount()) {
      throw new IllegalStateException("every reachable node hosts a bridge already");
    }
    return (int) node;
  }

  private void addBridge(int host, int node) {
    graph.lock(host);
    try {
      int degree = graph.copy(host, row);
      if (degree < graph.maxDegree()) {
        row[degree++] = node;
      } else {
        row[degree - 1] = node;
      }
      graph.set(host, row, degree);
    } finally {
      graph.unlock(host);
    }
    bridged.add(host);
  }
}
