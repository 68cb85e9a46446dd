package com.omendb.diskann.vamana;

import com.omendb.vectors.Progress;
import java.util.BitSet;

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
  private final BitSet bridged;
  private final BitSet reachable;
  private final BitSet pending;
  private final int[] row;

  private GraphRepair(NodeSpace space, Adjacency graph, int medoid, int listSize) {
    this.space = space;
    this.graph = graph;
    this.medoid = medoid;
    this.listSize = listSize;
    this.bridged = new BitSet(graph.nodeCount());
    this.reachable = new BitSet(graph.nodeCount());
    this.pending = new BitSet(graph.nodeCount());
    this.row = new int[graph.slots()];
  }

  /// Heap bytes that a repair needs: three bit sets.
  public static long bytes(long nodeCount) {
    return 3 * (nodeCount / 8);
  }

  /// Links every node that no path from the medoid leads to.
  ///
  /// @param listSize L of the searches for a place
  /// @param name what the graph is called in the progress
  public static void reachAll(
      NodeSpace space, Adjacency graph, int medoid, int listSize, String name, Progress progress) {
    progress.phase(name + ", reachability", graph.nodeCount());
    new GraphRepair(space, graph, medoid, listSize).run(progress);
  }

  private void run(Progress progress) {
    for (int round = 1; ; round++) {
      reachable.clear();
      int count = markFrom(medoid);
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

  // Marks what can be reached from a node and is not marked yet; returns how many were marked.
  // Goes through the nodes in order, again and again while there is any to follow: neighbours are
  // numbered alike, so nearly all is followed in few rounds, and the rows are read in order.
  private int markFrom(int start) {
    int marked = 1;
    reachable.set(start);
    pending.set(start);
    int next = start;
    while (next >= 0) {
      for (; next >= 0; next = pending.nextSetBit(next)) {
        pending.clear(next);
        marked += markNeighbours(next);
      }
      next = pending.nextSetBit(0);
    }
    return marked;
  }

  private int markNeighbours(int node) {
    int marked = 0;
    int degree = graph.copy(node, row);
    for (int i = 0; i < degree; i++) {
      if (!reachable.get(row[i])) {
        reachable.set(row[i]);
        pending.set(row[i]);
        marked++;
      }
    }
    return marked;
  }

  private void bridgeUnreachable() {
    GreedySearch search = new GreedySearch(space, graph, listSize);
    int lastHost = medoid;
    for (int node = reachable.nextClearBit(0);
        node < graph.nodeCount();
        node = reachable.nextClearBit(node + 1)) {
      search.search(node, medoid, listSize);
      int host = findHost(search, lastHost);
      addBridge(host, node);
      // What hangs on this node is reachable with it, and it may host the next bridge itself.
      markFrom(node);
      lastHost = node;
    }
  }

  // The nearest candidate that hosts no bridge yet; the node bridged last always qualifies.
  private int findHost(GreedySearch search, int lastHost) {
    CandidateList candidates = search.candidates();
    for (int i = 0; i < candidates.size(); i++) {
      int candidate = candidates.node(i);
      if (reachable.get(candidate) && !bridged.get(candidate)) {
        return candidate;
      }
    }
    return bridged.get(lastHost) ? firstWithoutBridge() : lastHost;
  }

  private int firstWithoutBridge() {
    for (int node = reachable.nextSetBit(0); node >= 0; node = reachable.nextSetBit(node + 1)) {
      if (!bridged.get(node)) {
        return node;
      }
    }
    throw new IllegalStateException("every reachable node hosts a bridge already");
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
    bridged.set(host);
  }
}
