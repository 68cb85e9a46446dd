package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeCopies;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.diskann.vamana.VamanaOptions;
import org.jspecify.annotations.Nullable;

/// Makes rows of a graph out of candidates, one node after another: what the prune chooses, then
/// the edges of the skeleton, which are never pruned, then the nearest others until the row is
/// full. Who needs a place later takes the last.
///
/// Owns the scratch of one thread.
final class RowPruner {
  private final Adjacency graph;
  private final Skeleton skeleton;
  private final @Nullable NodeCopies copies;
  private final RobustPrune prune;
  private final float alpha;
  private final int maxDegree;
  private final NodeSet seen;
  private final int[] candidates;
  private final int[] positions;
  private final int[] chosen;
  private final int[] kept;
  private final int[] row;
  private int node;
  private int keptCount;
  private int candidateCount;

  /// Prunes with the vectors of the space.
  ///
  /// @param mostCandidates that are added for a node, with repetitions
  RowPruner(
      NodeSpace space,
      Adjacency graph,
      Skeleton skeleton,
      VamanaOptions options,
      int mostCandidates) {
    this(space, null, graph, skeleton, options, mostCandidates);
  }

  /// Prunes with copies of the vectors, if copies are given: those of a node must be loaded before
  /// its row is written.
  ///
  /// @param mostCandidates that are added for a node, with repetitions
  RowPruner(
      NodeSpace space,
      @Nullable NodeCopies copies,
      Adjacency graph,
      Skeleton skeleton,
      VamanaOptions options,
      int mostCandidates) {
    this.copies = copies;
    this.graph = graph;
    this.skeleton = skeleton;
    this.alpha = options.alpha();
    this.maxDegree = options.maxDegree();
    this.prune = new RobustPrune(copies == null ? space : copies.space(), maxDegree);
    this.seen = new NodeSet(mostCandidates + skeleton.maxDegree());
    this.candidates = new int[mostCandidates + 1];
    this.positions = new int[copies == null ? 0 : mostCandidates];
    this.chosen = new int[maxDegree];
    this.kept = new int[skeleton.maxDegree()];
    this.row = new int[maxDegree];
  }

  /// Starts the row of a node.
  void begin(int newNode) {
    node = newNode;
    candidateCount = 0;
    seen.clear();
    seen.add(node);
    keptCount = skeleton.copy(node, kept);
    for (int i = 0; i < keptCount; i++) {
      seen.add(kept[i]);
    }
  }

  /// Adds candidates; those that came already are passed over.
  void add(int[] nodes, int count) {
    for (int i = 0; i < count; i++) {
      if (seen.add(nodes[i])) {
        candidates[candidateCount++] = nodes[i];
      }
    }
  }

  /// Adds the edges that the node has.
  void addRow() {
    add(row, graph.copy(node, row));
  }

  /// Wants copies of the node and of its candidates.
  ///
  /// @return false if there is no room
  boolean wantCopies(NodeCopies target) {
    candidates[candidateCount] = node;
    return target.want(candidates, candidateCount + 1);
  }

  /// Prunes the candidates and replaces the row.
  void write() {
    int limit = maxDegree - keptCount;
    int count = copies == null ? prune(limit) : prune(copies, limit);
    int first = prune.chosenInFirstRound();
    System.arraycopy(chosen, 0, row, 0, first);
    System.arraycopy(kept, 0, row, first, keptCount);
    System.arraycopy(chosen, first, row, first + keptCount, count - first);
    graph.lock(node);
    try {
      graph.set(node, row, count + keptCount);
    } finally {
      graph.unlock(node);
    }
  }

  private int prune(int limit) {
    return prune.pruneDistinct(node, candidates, candidateCount, alpha, true, limit, chosen);
  }

  private int prune(NodeCopies of, int limit) {
    for (int i = 0; i < candidateCount; i++) {
      positions[i] = of.position(candidates[i]);
    }
    int count =
        prune.pruneDistinct(
            of.position(node), positions, candidateCount, alpha, true, limit, chosen);
    for (int i = 0; i < count; i++) {
      chosen[i] = of.node(chosen[i]);
    }
    return count;
  }

  /// How many neighbours the prune chose for the last row.
  int chosenCount() {
    return prune.chosenInRounds();
  }

  /// A neighbour that the prune chose, nearest first.
  int chosenNode(int i) {
    return chosen[i];
  }

  /// Its distance to the node.
  float chosenDistance(int i) {
    return prune.resultDistances()[i];
  }
}
