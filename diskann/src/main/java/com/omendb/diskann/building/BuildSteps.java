package com.omendb.diskann.building;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.leaf.GraphProbe;
import com.omendb.diskann.leaf.LeafGraphBuilder;
import com.omendb.diskann.leaf.LeafScratch;
import com.omendb.diskann.parts.NearPairs;
import com.omendb.diskann.parts.PartInput;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.store.BuildOptions;
import com.omendb.store.VectorIds;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.store.directory.Publication;
import com.omendb.store.directory.Settings;
import com.omendb.store.part.IndexPart;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The way of one build from checked vectors to all files of the index: order, graph, layout,
/// files. Each step is recorded when it is done, and left out if it was recorded before.
final class BuildSteps {
  private final VectorSource input;
  private final VectorIds ids;
  private final BuildOptions options;
  private final BuildPlan plan;
  private final Publication publication;
  private final Checkpoints checkpoints;
  private final BuildMemory memory;
  private final Progress progress;

  BuildSteps(
      VectorSource input,
      VectorIds ids,
      BuildOptions options,
      BuildPlan plan,
      Publication publication,
      Checkpoints checkpoints,
      BuildMemory memory,
      Progress progress) {
    this.input = input;
    this.ids = ids;
    this.options = options;
    this.plan = plan;
    this.publication = publication;
    this.checkpoints = checkpoints;
    this.memory = memory;
    this.progress = progress;
  }

  /// What is kept of a base layer once it is written.
  private record Laid(NodeOrder order, NearPairs nearPairs) {}

  /// Goes all the way.
  ///
  /// @param parts what the index is to consist of
  /// @param kept memory for what is used to the end
  /// @param settings of the index, to which its parts add theirs
  void run(PartList parts, Arena kept, SortedMap<String, String> settings) throws IOException {
    LocalRows rows = order(kept);
    PartInput input =
        PartInput.of(publication, checkpoints.indexId(), options, memory::newArena, progress);
    Laid laid = baseLayer(rows, parts, input, kept);
    input = input.withRows(rows.vectors(), laid.order()).withNearPairs(laid.nearPairs());
    for (PartMaker maker : parts.makers()) {
      if (!maker.needsGraph()) {
        make(maker, input);
      }
    }
    TreeMap<String, String> all = new TreeMap<>(settings);
    if (checkpoints.has(Checkpoints.SELF_CHECK)) {
      all.putAll(checkpoints.get(Checkpoints.SELF_CHECK).values());
    }
    for (PartMaker maker : parts.makers()) {
      all.putAll(checkpoints.get(maker.phase()).values());
    }
    checkpoints.ready(all);
  }

  private LocalRows order(Arena kept) throws IOException {
    LocalRows rows;
    if (checkpoints.has(Checkpoints.ORDER)) {
      rows = RowsCheckpoint.read(checkpoints, input, memory.touches(), kept, progress);
    } else {
      rows =
          LocalRows.of(
              input, options.metric(), options.threads(), options.tuning().seed(), kept, progress);
      RowsCheckpoint.write(rows, checkpoints);
    }
    memory.release();
    return rows;
  }

  // Writes the graph, whole, thinned and by groups, and releases it; the order of its nodes
  // stays, in memory of `kept`.
  private Laid baseLayer(LocalRows rows, PartList parts, PartInput input, Arena kept)
      throws IOException {
    VectorSource vectors = rows.vectors();
    int count = (int) vectors.count();
    if (!checkpoints.has(Checkpoints.PAIRS) || !hasAllOfGraph(parts)) {
      try (Arena arena = memory.newArena()) {
        NodeSpace space = new NodeSpace(vectors, options.metric(), memory.touches(), arena);
        VamanaGraph graph = graph(space, arena);
        BaseLayout layout = layout(space, graph, rows, arena, kept);
        PartInput withGraph =
            input
                .withRows(vectors, layout.order())
                .withGraph(
                    new PartInput.Graph(
                        space,
                        graph,
                        layout.pageStarts(),
                        row -> ids.id(rows.inputRow(row)),
                        arena));
        for (PartMaker maker : parts.makers()) {
          if (maker.needsGraph()) {
            make(maker, withGraph);
          }
        }
        NearPairs pairs = NearPairs.sample(space, graph.adjacency(), options.tuning().seed());
        PairsCheckpoint.write(pairs, checkpoints);
        checkpoints.forget(Checkpoints.GRAPH);
        return new Laid(layout.order(), pairs);
      }
    }
    checkpoints.forget(Checkpoints.GRAPH);
    return new Laid(
        LayoutCheckpoint.read(checkpoints, count, kept).order(),
        PairsCheckpoint.read(checkpoints, count));
  }

  private boolean hasAllOfGraph(PartList parts) {
    return parts.makers().stream()
        .filter(PartMaker::needsGraph)
        .allMatch(maker -> checkpoints.has(maker.phase()));
  }

  private VamanaGraph graph(NodeSpace space, Arena arena) throws IOException {
    if (checkpoints.has(Checkpoints.GRAPH)) {
      return GraphCheckpoint.read(checkpoints, space, options.maxDegree(), arena, progress);
    }
    SortedMap<String, String> measured = new TreeMap<>();
    VamanaGraph graph = buildGraph(space, arena, measure -> put(measure, measured));
    GraphCheckpoint.write(graph, checkpoints, progress);
    checkpoints.finish(Checkpoints.SELF_CHECK, List.of(), measured);
    return graph;
  }

  private static void put(GraphProbe.Measure measure, SortedMap<String, String> settings) {
    settings.put(Settings.SELF_CHECK_RECALL, String.format(Locale.ROOT, "%.3f", measure.recall()));
    settings.put("selfCheckWeakest", measure.weakest());
  }

  private VamanaGraph buildGraph(
      NodeSpace space, Arena arena, Consumer<GraphProbe.Measure> measured) {
    VamanaOptions graph = BuildPlan.graphOptions(options);
    return switch (options.tuning().method()) {
      case VAMANA -> {
        VamanaGraph built = VamanaBuilder.build(space, graph, arena, "graph", progress);
        progress.phase("graph, self-check", 0);
        GraphProbe.Measure measure = GraphProbe.measure(space, built, graph);
        progress.note("self-check: " + measure);
        measured.accept(measure);
        yield built;
      }
      case LEAF -> {
        LeafScratch scratch =
            new LeafScratch(
                plan.candidateBytes(),
                plan.copyBytes() / options.threads(),
                publication.stagingDirectory(),
                memory::newArena);
        yield LeafGraphBuilder.build(space, graph, scratch, arena, "graph", progress, measured);
      }
    };
  }

  private BaseLayout layout(
      NodeSpace space, VamanaGraph graph, LocalRows rows, Arena scratch, Arena kept)
      throws IOException {
    if (checkpoints.has(Checkpoints.LAYOUT)) {
      return LayoutCheckpoint.read(checkpoints, space.count(), kept);
    }
    BaseLayout layout =
        BaseLayout.of(
            space,
            options.metric(),
            graph,
            row -> ids.id(rows.inputRow(row)),
            scratch,
            kept,
            progress);
    LayoutCheckpoint.write(layout, space.count(), checkpoints);
    return layout;
  }

  private void make(PartMaker maker, PartInput from) throws IOException {
    if (!checkpoints.has(maker.phase())) {
      Map<String, String> made = maker.make(new LinkedHashSet<>(maker.parts()), from);
      List<String> names = maker.parts().stream().map(IndexPart::name).toList();
      checkpoints.finish(maker.phase(), names, made);
    }
  }
}
