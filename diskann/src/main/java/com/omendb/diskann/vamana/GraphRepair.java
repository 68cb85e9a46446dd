package com.omendb.diskann.vamana;

import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
  private final MemorySegment queue;
  private final int[] row;

  private GraphRepair(
      NodeSpace space, Adjacency graph, int medoid, int listSize, MemorySegment queue) {
    this.space = space;
    this.graph = graph;
    this.medoid = medoid;
    this.listSize = listSize;
    this.queue = queue;
    this.bridged = new BitSet(graph.nodeCount());
    this.reachable = new BitSet(graph.nodeCount());
    this.row = new int[graph.slots()];
  }

  /// Native and heap bytes that a repair needs: the queue of the traversal and two bit sets.
  public static long bytes(long nodeCount) {
    return nodeCount * Integer.BYTES + nodeCount / 4;
  }

  /// Links every node that no path from the medoid leads to.
  ///
  /// @param listSize L of the searches for a place
  /// @param name what the graph is called in the progress
  public static void reachAll(
      NodeSpace space, Adjacency graph, int medoid, int listSize, String name, Progress progress) {
    progress.phase(name + ", reachability", graph.nodeCount());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment queue = arena.allocate((long) graph.nodeCount() * Integer.BYTES, 64);
      new GraphRepair(space, graph, medoid, listSize, queue).run(progress);
    }
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

  // Breadth-first from a node over the nodes that are not marked yet; returns how many were marked.
  private int markFrom(int start) {
    int head = 0;
    int tail = 0;
    reachable.set(start);
    queue.setAtIndex(NativeMemory.INT, tail++, start);
    while (head < tail) {
      int degree = graph.copy(queue.getAtIndex(NativeMemory.INT, head++), row);
      for (int i = 0; i < degree; i++) {
        if (!reachable.get(row[i])) {
          reachable.set(row[i]);
          queue.setAtIndex(NativeMemory.INT, tail++, row[i]);
        }
      }
    }
    return tail;
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
