package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.CandidateList;
import com.omendb.diskann.vamana.GreedySearch;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import java.util.function.IntPredicate;

/// Measures whether a graph can be navigated: searches from the medoid for a sample of its own
/// nodes, and how many of them are found. That every node is reachable does not tell: clusters can
/// hang together by paths that no greedy search takes.
final class SelfCheck {
  private static final int SAMPLE = 1_000;
  private static final int LIST_SIZE = 30;
  // Sound graphs need longer lists the larger they are: so much more a doubling beyond this many.
  private static final int LIST_SIZE_A_DOUBLING = 10;
  private static final int LARGE = 1_000_000;
  private static final long SEED_OF_SAMPLE = 0xC4EC;

  private SelfCheck() {}

  /// The share of the sampled nodes that searches find.
  ///
  /// @param excluded nodes that are not asked for
  static double foundShare(
      NodeSpace space, Adjacency graph, int medoid, IntPredicate excluded, long seed) {
    RandomOrder order = new RandomOrder(space.count(), seed ^ SEED_OF_SAMPLE);
    int listSize = listSize(space.count());
    GreedySearch search = new GreedySearch(space, graph, listSize);
    int asked = 0;
    int found = 0;
    for (int i = 0; i < space.count() && asked < SAMPLE; i++) {
      int node = (int) order.at(i);
      if (!excluded.test(node)) {
        search.search(node, medoid, listSize);
        asked++;
        found += contains(search.candidates(), node) ? 1 : 0;
      }
    }
    return asked == 0 ? 1 : found / (double) asked;
  }

  private static int listSize(int count) {
    double doublings = Math.max(0, Math.log((double) count / LARGE) / Math.log(2));
    return LIST_SIZE + (int) (LIST_SIZE_A_DOUBLING * doublings);
  }

  private static boolean contains(CandidateList candidates, int node) {
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.node(i) == node) {
        return true;
      }
    }
    return false;
  }
}
