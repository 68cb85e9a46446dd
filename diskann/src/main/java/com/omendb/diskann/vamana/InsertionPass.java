package com.omendb.diskann.vamana;

import com.omendb.vectors.Progress;
import com.omendb.vectors.parallel.Workers;
import java.util.function.IntPredicate;
import java.util.function.LongToIntFunction;

/// One pass of insertions over nodes of a graph (Subramanya et al., "DiskANN", NeurIPS 2019,
/// Algorithm 3, the loop body), on several threads.
public final class InsertionPass {
  private final NodeSpace space;
  private final Adjacency graph;
  private final int medoid;
  private final VamanaOptions options;
  private final Progress progress;

  /// Passes over a graph.
  ///
  /// @param medoid at which searches begin
  /// @param options of which buildListSize and alpha are not used
  public InsertionPass(
      NodeSpace space, Adjacency graph, int medoid, VamanaOptions options, Progress progress) {
    this.space = space;
    this.graph = graph;
    this.medoid = medoid;
    this.options = options;
    this.progress = progress;
  }

  /// Inserts nodes, those again that have edges already.
  ///
  /// @param phase what the pass is called in the progress
  /// @param count of the nodes
  /// @param order the node at each position
  /// @param excluded nodes that are left as they are
  /// @param fill whether rows take the nearest of what a prune leaves out
  /// @param listSize L of the searches
  public void run(
      String phase,
      long count,
      LongToIntFunction order,
      IntPredicate excluded,
      float alpha,
      boolean fill,
      int listSize) {
    progress.phase(phase, count);
    Workers.forEach(
        count,
        options.threads(),
        () -> {
          NodeInserter inserter = new NodeInserter(space, graph, medoid, alpha, fill, listSize);
          return (from, to) -> {
            for (long position = from; position < to; position++) {
              int node = order.applyAsInt(position);
              if (!excluded.test(node)) {
                inserter.insert(node);
              }
            }
            progress.advance(to - from);
          };
        });
  }
}
