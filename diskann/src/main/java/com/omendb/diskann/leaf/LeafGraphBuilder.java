package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.GraphRepair;
import com.omendb.diskann.vamana.Medoid;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.Progress;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/// Builds a graph of Vamana's quality without searching: candidates come from leaves, small
/// overlapping sets of near nodes within which all distances are computed.
///
/// 1. [Duplicates] are set aside.
/// 2. [CellAssignment], [LeafCandidates]: candidates of every node, into [CandidateBuckets].
/// 3. [CandidateGraph]: prune forward.
/// 4. [Skeleton], [LongEdges]: long edges, which leaves do not give; prune again, with the reverse
///    edges.
/// 5. [Refinement]: where queries find less than they could, nodes are inserted by searches.
/// 6. Duplicates are added; [GraphRepair] links what no path leads to.
///
/// One seed gives one graph on one thread; on several the skeleton may differ by a few edges.
public final class LeafGraphBuilder {
  private static final int MIN_KEPT_CANDIDATES = 96;
  private static final int REPAIR_LIST_SIZE = 32;

  private final NodeSpace space;
  private final VamanaOptions options;
  private final LeafScratch scratch;
  private final String name;
  private final Progress progress;
  private final int medoid;
  private final int keep;

  private LeafGraphBuilder(
      NodeSpace space, VamanaOptions options, LeafScratch scratch, String name, Progress progress) {
    this.space = space;
    this.options = options;
    this.scratch = scratch;
    this.name = name;
    this.progress = progress;
    this.medoid = Medoid.find(space.vectors());
    this.keep = keptCandidates(options);
  }

  static int keptCandidates(VamanaOptions options) {
    return Math.max(MIN_KEPT_CANDIDATES, options.maxDegree());
  }

  static LeafOptions leafOptions(VamanaOptions options) {
    return LeafOptions.defaults(options.threads(), options.seed());
  }

  /// Builds the graph over all nodes of `space`, of which there must be at least one, in memory of
  /// the arena.
  ///
  /// @param options of which buildListSize is not used
  /// @param scratch where candidates are kept meanwhile
  /// @param name what the graph is called in the progress, such as `graph`
  /// @param measured receives what queries find in the graph, copies left out
  public static VamanaGraph build(
      NodeSpace space,
      VamanaOptions options,
      LeafScratch scratch,
      Arena arena,
      String name,
      Progress progress,
      Consumer<GraphProbe.Measure> measured) {
    return new LeafGraphBuilder(space, options, scratch, name, progress).run(arena, measured);
  }

  private VamanaGraph run(Arena graphArena, Consumer<GraphProbe.Measure> measured) {
    try (Arena arena = scratch.arenas().get()) {
      Duplicates duplicates = findDuplicates(arena);
      // A copy cannot carry the skeleton; its original has the same vector.
      int centre = duplicates.original(medoid);
      Adjacency graph;
      try (CandidateBuckets candidates = newBuckets("candidates")) {
        findCandidates(duplicates, candidates);
        graph =
            new Adjacency(
                graphArena,
                space.count(),
                options.maxDegree(),
                options.maxDegree(),
                space.touches());
        CandidateGraph rows = new CandidateGraph(space, graph, options, scratch, name, progress);
        try (CandidateBuckets reverse =
            new CandidateBuckets(candidates, keep, scratchFile("reverse-edges"))) {
          rows.forward(candidates, reverse);
          Skeleton skeleton =
              Skeleton.build(
                  space,
                  graph,
                  centre,
                  duplicates::isCopy,
                  options,
                  scratch,
                  arena,
                  name,
                  progress);
          rows.backward(reverse, skeleton);
        }
      }
      VamanaGraph built = new VamanaGraph(graph, centre, true);
      measured.accept(
          new Refinement(space, built, duplicates::isCopy, options, name, progress).run());
      duplicates.attach(space, graph, options.alpha());
      GraphRepair.reachAll(space, graph, centre, REPAIR_LIST_SIZE, name, progress);
      return built;
    }
  }

  private Duplicates findDuplicates(Arena arena) {
    progress.phase(name + ", duplicates", space.count());
    try (Arena table = scratch.arenas().get()) {
      return Duplicates.find(space.vectors(), table, arena);
    } finally {
      progress.advance(space.count());
    }
  }

  private void findCandidates(Duplicates duplicates, CandidateBuckets candidates) {
    LeafOptions leaves = leafOptions(options);
    try (Arena arena = scratch.arenas().get()) {
      CellAssignment cells = CellAssignment.of(space, leaves, duplicates::isCopy, arena, progress);
      LeafCandidates.run(space, cells, leaves, candidates::newSink, progress);
    }
    progress.note(
        String.format(
            Locale.ROOT,
            "%,d copies set aside; candidates: %d reductions, %,d bytes spilled",
            duplicates.count(),
            candidates.reductions(),
            candidates.spilledBytes()));
  }

  private CandidateBuckets newBuckets(String file) {
    return new CandidateBuckets(
        space.count(), keep, scratch.candidateBytes(), options.threads(), scratchFile(file));
  }

  private Path scratchFile(String file) {
    return scratch.directory().resolve(name + "-" + file);
  }
}
