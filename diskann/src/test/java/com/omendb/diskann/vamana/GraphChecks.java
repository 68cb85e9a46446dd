package com.omendb.diskann.vamana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/// What must hold of every graph, however it was built, and how well it is searched.
public final class GraphChecks {
  private static final int K = 10;

  private GraphChecks() {}

  /// Fails unless rows hold at most maxDegree distinct nodes, never their own, and every node can
  /// be reached from the medoid.
  public static void assertSound(VamanaGraph graph, int count, int maxDegree) {
    assertEquals(count, graph.adjacency().nodeCount());
    BitSet reached = new BitSet(count);
    int[] queue = new int[count];
    int tail = 0;
    queue[tail++] = graph.medoid();
    reached.set(graph.medoid());
    for (int head = 0; head < tail; head++) {
      int[] row = row(graph, queue[head]);
      assertTrue(row.length <= maxDegree, "degree=" + row.length);
      Set<Integer> distinct = new HashSet<>();
      for (int neighbour : row) {
        assertTrue(neighbour >= 0 && neighbour < count, "neighbour=" + neighbour);
        assertTrue(neighbour != queue[head], "an edge to itself: node=" + neighbour);
        assertTrue(distinct.add(neighbour), "an edge twice: node=" + queue[head]);
        if (!reached.get(neighbour)) {
          reached.set(neighbour);
          queue[tail++] = neighbour;
        }
      }
    }
    assertEquals(count, tail, "nodes reached from the medoid");
  }

  /// Mean share of the 10 nearest nodes of every fifth node that a search from the medoid finds;
  /// nodes as far as the tenth count too.
  public static double recall(NodeSpace space, VamanaGraph graph, int listSize) {
    GreedySearch search = new GreedySearch(space, graph.adjacency(), listSize);
    int found = 0;
    int wanted = 0;
    for (int node = 0; node < space.count(); node += 5) {
      search.search(node, graph.medoid(), listSize);
      float kth = kthDistance(space, node);
      for (int i = 0; i < Math.min(K, search.candidates().size()); i++) {
        found += search.candidates().distance(i) <= kth ? 1 : 0;
      }
      wanted += K;
    }
    return found / (double) wanted;
  }

  private static float kthDistance(NodeSpace space, int node) {
    float[] distances = new float[space.count()];
    space.distances(node, IntStream.range(0, space.count()).toArray(), space.count(), distances);
    Arrays.sort(distances);
    return distances[K - 1];
  }

  /// The edges of a node.
  public static int[] row(VamanaGraph graph, int node) {
    int[] row = new int[graph.adjacency().slots()];
    return Arrays.copyOf(row, graph.adjacency().copy(node, row));
  }
}
