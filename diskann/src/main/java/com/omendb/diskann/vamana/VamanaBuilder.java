package com.omendb.diskann.vamana;

import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongToIntFunction;

/// Builds a Vamana graph in memory (Subramanya et al., "DiskANN", NeurIPS 2019, Algorithm 3).
///
/// Paper to code: s = medoid, sigma = [RandomOrder], GreedySearch = [GreedySearch], RobustPrune =
/// [RobustPrune], insertion = [NodeInserter], R = maxDegree, L = buildListSize. Two passes over all
/// nodes, the first with alpha = 1. Like the authors' released code, and unlike the paper, the
/// first pass starts from a graph without edges instead of a random one: early searches are short
/// and no random edge has to be pruned away.
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
        new Adjacency(arena, space.count(), options.maxDegree(), options.slots(), space.touches());
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
    new InsertionPass(space, graph, medoid, options, progress)
        .run(name, space.count(), order, _ -> false, alpha, fill, listSize);
  }

  private void capDegrees(String name) {
    progress.phase(name + ", cap degrees", space.count());
    Workers.forEach(
        space.count(),
        options.threads(),
        () -> {
          NodeInserter inserter =
              new NodeInserter(
                  space, graph, medoid, options.alpha(), true, options.buildListSize());
          return (from, to) -> {
            for (long node = from; node < to; node++) {
              inserter.cap((int) node);
            }
            progress.advance(to - from);
          };
        });
  }
}
