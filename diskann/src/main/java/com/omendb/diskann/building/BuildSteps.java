package com.omendb.diskann.building;

import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.leaf.GraphProbe;
import com.omendb.diskann.leaf.LeafGraphBuilder;
import com.omendb.diskann.leaf.LeafScratch;
import com.omendb.diskann.pages.BasePageFormat;
import com.omendb.diskann.pages.NodeOrder;
import com.omendb.diskann.pages.PageDirectory;
import com.omendb.diskann.parts.CodesFile;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.store.BuildOptions;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The way of one build from checked vectors to all files of the index: order, graph, layout,
/// files. Each step is recorded when it is done, and left out if it was recorded before.
final class BuildSteps {
  private final VectorSource input;
  private final BuildOptions options;
  private final BuildPlan plan;
  private final Publication publication;
  private final Checkpoints checkpoints;
  private final BuildMemory memory;
  private final Progress progress;

  BuildSteps(
      VectorSource input,
      BuildOptions options,
      BuildPlan plan,
      Publication publication,
      Checkpoints checkpoints,
      BuildMemory memory,
      Progress progress) {
    this.input = input;
    this.options = options;
    this.plan = plan;
    this.publication = publication;
    this.checkpoints = checkpoints;
    this.memory = memory;
    this.progress = progress;
  }

  /// A step that writes files of the index.
  private interface FileStep {
    void run() throws IOException;
  }

  /// What is kept of a base layer once it is written.
  private record Laid(NodeOrder order, NearPairs nearPairs) {}

  /// Goes all the way.
  ///
  /// @param kept memory for what is used to the end
  /// @param settings of the index, to which the kind adds its own
  void run(
      Arena kept,
      int[] subspaceCounts,
      IndexBuild.EntryWriter entryWriter,
      SortedMap<String, String> settings)
      throws IOException {
    LocalRows rows = order(kept);
    VectorSource vectors = rows.vectors();
    GraphFiles files =
        new GraphFiles(
            publication, checkpoints.indexId(), vectors, options, memory::newArena, progress);
    Laid laid = baseLayer(rows, files, kept);
    for (int size : subspaceCounts) {
      write(
          Checkpoints.codes(size),
          List.of(CodesFile.codesName(size), CodesFile.codebookName(size)),
          () -> files.writeCodes(size, laid.order(), laid.nearPairs()));
    }
    if (!checkpoints.has(Checkpoints.ENTRY)) {
      SortedMap<String, String> all = new TreeMap<>(settings);
      if (checkpoints.has(Checkpoints.SELF_CHECK)) {
        all.putAll(checkpoints.get(Checkpoints.SELF_CHECK).values());
      }
      entryWriter.write(
          new IndexBuild.Input(vectors, laid.order(), options, checkpoints.indexId(), progress),
          publication,
          all);
      checkpoints.finish(Checkpoints.ENTRY, checkpoints.unrecorded(publication.written()), all);
    }
    checkpoints.ready(checkpoints.get(Checkpoints.ENTRY).values());
  }

  private LocalRows order(Arena kept) throws IOException {
    LocalRows rows;
    if (checkpoints.has(Checkpoints.ORDER)) {
      rows = RowsCheckpoint.read(checkpoints, input, memory.beforeTouch(), kept, progress);
    } else {
      rows =
          LocalRows.of(input, options.metric(), options.threads(), options.seed(), kept, progress);
      RowsCheckpoint.write(rows, checkpoints);
    }
    memory.release();
    return rows;
  }

  // Writes the graph, whole, thinned and by groups, and lets go of it; the order of its nodes
  // stays, in memory of `kept`.
  private Laid baseLayer(LocalRows rows, GraphFiles files, Arena kept) throws IOException {
    VectorSource vectors = rows.vectors();
    int count = (int) vectors.count();
    if (!checkpoints.has(Checkpoints.PAIRS) || !hasBaseFiles()) {
      try (Arena arena = memory.newArena()) {
        NodeSpace space = new NodeSpace(vectors, options.metric(), memory.beforeTouch(), arena);
        VamanaGraph graph = graph(space, arena);
        BaseLayout layout = layout(space, graph, rows, arena, kept);
        writeBaseFiles(files, space, graph, layout, rows, arena);
        NearPairs pairs = NearPairs.sample(space, graph.adjacency(), options.seed());
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

  private boolean hasBaseFiles() {
    return checkpoints.has(Checkpoints.PAGES)
        && checkpoints.has(Checkpoints.THIN)
        && checkpoints.has(Checkpoints.GROUPS);
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
    settings.put("selfCheckRecall", String.format(Locale.ROOT, "%.3f", measure.recall()));
    settings.put("selfCheckWeakest", measure.weakest());
  }

  private VamanaGraph buildGraph(
      NodeSpace space, Arena arena, Consumer<GraphProbe.Measure> measured) {
    VamanaOptions graph = BuildPlan.graphOptions(options);
    return switch (options.method()) {
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
        BaseLayout.of(space, options.metric(), graph, rows::inputRow, scratch, kept, progress);
    LayoutCheckpoint.write(layout, space.count(), checkpoints);
    return layout;
  }

  private void writeBaseFiles(
      GraphFiles files,
      NodeSpace space,
      VamanaGraph graph,
      BaseLayout layout,
      LocalRows rows,
      Arena scratch)
      throws IOException {
    write(
        Checkpoints.PAGES,
        List.of(BasePageFormat.FILE, PageDirectory.FILE),
        () -> files.writePages(graph, layout, rows::inputRow, scratch));
    write(
        Checkpoints.THIN,
        List.of(ThinGraph.FILE),
        () -> files.writeThinGraph(space, graph, layout.order()));
    write(
        Checkpoints.GROUPS,
        List.of(GroupGraph.FILE),
        () -> files.writeGroupGraph(graph, layout.order()));
  }

  private void write(String phase, List<String> names, FileStep step) throws IOException {
    if (!checkpoints.has(phase)) {
      step.run();
      checkpoints.finish(phase, names, new TreeMap<>());
    }
  }
}
