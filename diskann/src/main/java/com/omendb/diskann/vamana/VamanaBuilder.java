package com.omendb.diskann.vamana;

import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongToIntFunction;

/// Builds a Vamana graph in memory (Subramanya et al., "DiskANN", NeurIPS 2019, Algorithm 3).
///
/// Paper to code: s = medoid, sigma = [RandomOrder], GreedySearch = [GreedySearch], RobustPrune =
/// [RobustPrune], R = maxDegree, L = buildListSize. Two passes over all nodes, the first with alpha
/// = 1. Like the authors' released code, and unlike the paper, the first pass starts from a graph
/// without edges instead of a random one: early searches are short and no random edge has to be
/// pruned away.
///
/// Insertion of one node:
/// 1. search from the medoid; the expanded nodes are its candidates;
/// 2. prune them, with the edges it already has, to its new row;
/// 3. offer the reverse edge to each new neighbour, which prunes its own row when that is full.
///
/// Rows change under their own lock and no thread holds two, so threads cannot deadlock.
public final class VamanaBuilder {
  private final NodeSpace space;
  private final VamanaOptions options;
  private final Adjacency graph;
  private final Progress progress;
  private final int medoid;

  private VamanaBuilder(NodeSpace space, VamanaOptions options, Arena arena, Progress progress) {
    this.space = space;
    this.options = options;
    this.progress = progress;
    this.graph =
        new Adjacency(
            arena, space.count(), options.maxDegree(), options.slots(), space.beforeTouch());
    this.medoid = Medoid.find(space.vectors());
  }

  /// Builds the graph over all nodes of `space`, of which there must be at least one, in memory of
  /// the arena.
  ///
  /// @param name what the graph is called in the progress, such as `graph`
  public static VamanaGraph build(
      NodeSpace space, VamanaOptions options, Arena arena, String name, Progress progress) {
    VamanaBuilder builder = new VamanaBuilder(space, options, arena, progress);
    builder.firstPass(name + ", pass 1");
    builder.secondPass(name + ", pass 2");
    builder.capDegrees(name);
    GraphRepair.reachAll(
        space, builder.graph, builder.medoid, options.buildListSize(), name, progress);
    return new VamanaGraph(builder.graph, builder.medoid, false);
  }

  /// Native bytes that a build needs beside the vectors.
  public static long bytes(long nodeCount, VamanaOptions options) {
    return Adjacency.bytes(nodeCount, options.slots())
        + Math.max(GraphRepair.bytes(nodeCount), GraphWalk.bytes(nodeCount));
  }

  // Nodes come in random order, so that early edges are long ones. The list is short: what this
  // pass misses, the second finds.
  private void firstPass(String name) {
    RandomOrder order = new RandomOrder(space.count(), options.seed());
    int listSize = Math.max(options.maxDegree() / 2, options.buildListSize() / 2);
    pass(name, position -> (int) order.at(position), 1f, false, listSize);
  }

  // Nodes come in the order of a walk: consecutive searches visit the same vectors and rows, and
  // find them in the processor's caches.
  private void secondPass(String name) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment order = GraphWalk.of(space, graph, medoid, arena);
      pass(
          name,
          position -> order.getAtIndex(NativeMemory.INT, position),
          options.alpha(),
          true,
          options.buildListSize());
    }
  }

  private void pass(String name, LongToIntFunction order, float alpha, boolean fill, int listSize) {
    progress.phase(name, space.count());
    Workers.forEach(
        space.count(),
        options.threads(),
        () -> {
          Inserter inserter = new Inserter(alpha, fill, listSize);
          return (from, to) -> {
            for (long position = from; position < to; position++) {
              inserter.insert(order.applyAsInt(position));
            }
            progress.advance(to - from);
          };
        });
  }

  private void capDegrees(String name) {
    progress.phase(name + ", cap degrees", space.count());
    Workers.forEach(
        space.count(),
        options.threads(),
        () -> {
          Inserter inserter = new Inserter(options.alpha(), true, options.buildListSize());
          return (from, to) -> {
            for (long node = from; node < to; node++) {
              inserter.cap((int) node);
            }
            progress.advance(to - from);
          };
        });
  }

  /// Inserts nodes on one thread.
  private final class Inserter {
    private final GreedySearch search;
    private final RobustPrune prune = new RobustPrune(space, options.maxDegree());
    private final int[] row = new int[options.slots()];
    private final float[] rowDistances = new float[options.slots()];
    private final int[] chosen = new int[options.maxDegree()];
    private final int[] reversePruned = new int[options.maxDegree()];
    private final float alpha;
    private final boolean fill;
    private final int listSize;

    Inserter(float alpha, boolean fill, int listSize) {
      this.alpha = alpha;
      this.fill = fill;
      this.listSize = listSize;
      this.search = new GreedySearch(space, graph, listSize);
    }

    void insert(int node) {
      search.search(node, medoid, listSize);
      prune.clear();
      for (int i = 0; i < search.expandedCount(); i++) {
        prune.add(search.expandedNode(i), search.expandedDistance(i));
      }
      int count;
      graph.lock(node);
      try {
        addRow(node);
        count = prune.prune(node, alpha, fill, chosen);
        graph.set(node, chosen, count);
      } finally {
        graph.unlock(node);
      }
      for (int i = 0; i < count; i++) {
        addReverseEdge(chosen[i], node);
      }
    }

    private void addReverseEdge(int node, int neighbour) {
      if (graph.contains(node, neighbour)) {
        return;
      }
      graph.lock(node);
      try {
        if (graph.contains(node, neighbour) || graph.append(node, neighbour)) {
          return;
        }
        prune.clear();
        addRow(node);
        prune.add(neighbour, space.distance(node, neighbour));
        graph.set(node, reversePruned, prune.prune(node, alpha, fill, reversePruned));
      } finally {
        graph.unlock(node);
      }
    }

    /// Prunes a row that the last pass left longer than maxDegree.
    void cap(int node) {
      if (graph.degree(node) <= options.maxDegree()) {
        return;
      }
      graph.lock(node);
      try {
        prune.clear();
        addRow(node);
        graph.set(node, chosen, prune.prune(node, alpha, fill, chosen));
      } finally {
        graph.unlock(node);
      }
    }

    private void addRow(int node) {
      int degree = graph.copy(node, row);
      space.distances(node, row, degree, rowDistances);
      for (int i = 0; i < degree; i++) {
        prune.add(row[i], rowDistances[i]);
      }
    }
  }
}
