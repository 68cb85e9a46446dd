package com.omendb.diskann.build;

import com.omendb.diskann.format.CodeSizes;
import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.Publication;
import com.omendb.diskann.leaf.LeafGraphBuilder;
import com.omendb.diskann.leaf.LeafScratch;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.DiskSpace;
import com.omendb.pagecache.DiskSpaceException;
import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.BuildMethod;
import com.omendb.vectors.BuildOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorChecks;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// Builds an index with a Vamana base layer: check the vectors, train the codebook, build the
/// graph, write the pages, encode, write what the kind adds, publish.
public final class IndexBuild {

  private final VectorSource input;
  private final BuildOptions options;
  private final Progress progress;
  private final EntryWriter entryWriter;
  private final int[] subspaceCounts;

  /// Writes the structure through which searches of a kind of index enter the base layer.
  public interface EntryWriter {
    /// Called once, after the base layer is written.
    ///
    /// @param input what the base layer was built from
    /// @param publication where the files of the index go
    /// @param settings to which the kind may add how it was built
    void write(Input input, Publication publication, SortedMap<String, String> settings)
        throws IOException;
  }

  /// What a base layer was built from.
  ///
  /// @param vectors the rows
  /// @param order which row each node is
  /// @param options as given by the user
  /// @param indexId of the index that is built
  /// @param progress to report to
  public record Input(
      VectorSource vectors,
      NodeOrder order,
      BuildOptions options,
      UUID indexId,
      Progress progress) {}

  /// Where an index is to be built.
  ///
  /// @param storage through which its files are written
  /// @param directory of the index
  /// @param neededBytes that there must be room for when the leftovers of other builds are gone
  public record Target(Storage storage, Path directory, long neededBytes) {}

  private IndexBuild(
      VectorSource input, BuildOptions options, EntryWriter entryWriter, Progress progress) {
    this.input = input;
    this.options = options;
    this.entryWriter = entryWriter;
    this.progress = progress;
    this.subspaceCounts = CodeSizes.of(input.dimension(), options.subspaceCount());
  }

  /// Builds and publishes an index; see [com.omendb.vectors.AnnIndex#build].
  public static void run(
      VectorSource vectors,
      Target target,
      BuildOptions options,
      EntryWriter entryWriter,
      Progress progress)
      throws IOException {
    if (vectors.count() < 1 || vectors.count() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "an index holds 1 to " + (Integer.MAX_VALUE - 8) + " vectors: count=" + vectors.count());
    }
    int[] subspaceCounts = CodeSizes.of(vectors.dimension(), options.subspaceCount());
    int largest = Arrays.stream(subspaceCounts).max().getAsInt();
    run(vectors, target, options, entryWriter, progress, BuildPlan.of(vectors, options, largest));
  }

  /// The same by a plan made beforehand.
  static void run(
      VectorSource vectors,
      Target target,
      BuildOptions options,
      EntryWriter entryWriter,
      Progress progress,
      BuildPlan plan)
      throws IOException {
    try (BuildWatch watch =
        new BuildWatch(vectors.count(), target.directory(), options, progress)) {
      new IndexBuild(vectors, options, entryWriter, watch).run(target, plan);
      watch.done();
    }
  }

  private void run(Target target, BuildPlan plan) throws IOException {
    Publication.checkTarget(target.directory(), options.overwrite());
    plan.requireWithinBudget();
    progress.note("memory: " + plan);
    try {
      build(target, plan);
    } catch (FileSystemException | CorruptFileException | DiskSpaceException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot write the index: " + e.getMessage() + ": directory=" + target.directory(), e);
    }
  }

  private void build(Target target, BuildPlan plan) throws IOException {
    UUID indexId = UUID.randomUUID();
    try (Publication publication =
        Publication.begin(target.storage(), target.directory(), indexId, options.overwrite())) {
      DiskSpace.require(target.directory(), target.neededBytes());
      build(publication, indexId, plan);
    }
  }

  private void build(Publication publication, UUID indexId, BuildPlan plan) throws IOException {
    try (BuildMemory memory =
            new BuildMemory(
                input,
                options.memoryBudgetBytes(),
                plan.inFiles() ? publication.stagingDirectory() : null);
        Arena kept = memory.newArena()) {
      progress.phase("check vectors", input.count());
      VectorChecks.requireUsable(input, options.metric(), "base vectors", options.threads());
      progress.advance(input.count());
      LocalRows rows =
          LocalRows.of(input, options.metric(), options.threads(), options.seed(), kept, progress);
      memory.release();
      new Job(publication, indexId, memory, plan, rows).run(kept);
      if (memory.releases() > 0) {
        progress.note("memory: files were let go of " + memory.releases() + " times");
      }
    }
  }

  /// One build on its way, from rows in their order to the publication.
  private final class Job {
    private final Publication publication;
    private final UUID indexId;
    private final BuildMemory memory;
    private final BuildPlan plan;
    private final LocalRows rows;
    private final VectorSource vectors;

    Job(Publication publication, UUID indexId, BuildMemory memory, BuildPlan plan, LocalRows rows) {
      this.publication = publication;
      this.indexId = indexId;
      this.memory = memory;
      this.plan = plan;
      this.rows = rows;
      this.vectors = rows.vectors();
    }

    void run(Arena kept) throws IOException {
      GraphFiles files =
          new GraphFiles(publication, indexId, vectors, options, memory::newArena, progress);
      Laid laid = writeBaseLayer(files, kept);
      SortedMap<String, String> settings = settings();
      for (int subspaceCount : subspaceCounts) {
        files.writeCodes(subspaceCount, laid.order(), laid.nearPairs());
      }
      entryWriter.write(
          new Input(vectors, laid.order(), options, indexId, progress), publication, settings);
      progress.phase("publish", 0);
      publication.publish(
          new Manifest(
              options.kind(),
              indexId,
              vectors.count(),
              vectors.dimension(),
              vectors.elementType(),
              options.metric(),
              settings,
              new TreeMap<>()));
    }

    // Writes the graph, whole, thinned and by groups, and lets go of it; the order of its nodes
    // stays, in memory of `kept`.
    private Laid writeBaseLayer(GraphFiles files, Arena kept) throws IOException {
      try (Arena arena = memory.newArena()) {
        NodeSpace space = new NodeSpace(vectors, options.metric(), memory.beforeTouch(), arena);
        VamanaGraph graph = buildGraph(space, arena);
        NodeOrder order = files.writeBaseLayer(space, graph, rows::inputRow, arena, kept);
        return new Laid(order, NearPairs.sample(space, graph.adjacency(), options.seed()));
      }
    }

    private VamanaGraph buildGraph(NodeSpace space, Arena arena) {
      VamanaOptions graph = BuildPlan.graphOptions(options);
      return switch (options.method()) {
        case VAMANA -> VamanaBuilder.build(space, graph, arena, "graph", progress);
        case LEAF -> {
          LeafScratch scratch =
              new LeafScratch(
                  plan.candidateBytes(), publication.stagingDirectory(), memory::newArena);
          yield LeafGraphBuilder.build(space, graph, scratch, arena, "graph", progress);
        }
      };
    }
  }

  /// What is kept of a base layer once it is written.
  private record Laid(NodeOrder order, NearPairs nearPairs) {}

  private SortedMap<String, String> settings() {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("method", options.method().label());
    settings.put("maxDegree", String.valueOf(options.maxDegree()));
    if (options.method() == BuildMethod.VAMANA) {
      settings.put("buildListSize", String.valueOf(options.buildListSize()));
    }
    settings.put("alpha", String.valueOf(options.alpha()));
    settings.put(CodeSizes.SETTING, CodeSizes.format(subspaceCounts));
    settings.put("seed", String.valueOf(options.seed()));
    return settings;
  }
}
