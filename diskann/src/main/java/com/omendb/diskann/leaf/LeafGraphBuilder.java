package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.GraphRepair;
import com.omendb.diskann.vamana.Medoid;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.Progress;
import java.lang.foreign.Arena;

/// Builds a graph of Vamana's quality from leaves: small overlapping sets of near nodes, within
/// which all distances are computed. Several times faster than [VamanaBuilder], which searches the
/// graph for the candidates of every node.
public final class LeafGraphBuilder {
  private LeafGraphBuilder() {}

  /// Builds the graph over all nodes of `space`, of which there must be at least one, in memory of
  /// the arena.
  public static VamanaGraph build(
      NodeSpace space,
      VamanaOptions options,
      LeafScratch scratch,
      Arena arena,
      String name,
      Progress progress) {
    int medoid = Medoid.find(space.vectors());
    int maxDegree = options.maxDegree();
    int keep = Math.max(64, maxDegree);
    Adjacency graph;
    try (CandidateBuckets candidates =
        new CandidateBuckets(
            space.count(),
            keep,
            scratch.candidateBytes(),
            options.threads(),
            scratch.directory().resolve("candidates"))) {
      LeafOptions leaves = LeafOptions.defaults(options.threads(), options.seed());
      try (Arena cellArena = Arena.ofShared()) {
        CellAssignment cells = CellAssignment.of(space, leaves, cellArena, progress);
        LeafCandidates.run(space, cells, leaves, candidates::newSink, progress);
      }
      progress.note(
          "candidates: reductions "
              + candidates.reductions()
              + ", spilled bytes "
              + candidates.spilledBytes());
      Skeleton skeleton = Skeleton.build(space, medoid, _ -> false, options, name, progress);
      graph = new Adjacency(arena, space.count(), maxDegree, maxDegree);
      CandidateGraph rows = new CandidateGraph(space, graph, skeleton, options, name, progress);
      try (CandidateBuckets reverse =
          new CandidateBuckets(candidates, keep, scratch.directory().resolve("reverse-edges"))) {
        rows.forward(candidates, reverse);
        rows.backward(reverse);
      }
    }
    GraphRepair.reachAll(space, graph, medoid, 32, name, progress);
    return new VamanaGraph(graph, medoid);
  }
}
