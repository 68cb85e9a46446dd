package com.omendb.diskann.building;

import com.omendb.diskann.pages.NodeOrder;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.DiskSpaceException;
import com.omendb.pagecache.DiskSpace;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.building.BuildWatch;
import com.omendb.store.checkpoint.BuildJob;
import com.omendb.store.checkpoint.BuildState;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.store.checkpoint.UnfinishedBuilds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorChecks;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// Builds an index with a Vamana base layer: check the vectors, go through the [BuildSteps] from
/// where an earlier build was cut short or from the first, publish.
public final class IndexBuild {
  private static final String KEPT =
      "what this build has finished is kept: the same build with resume (--resume) goes on from"
          + " there, one without removes it";

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

  /// Builds and publishes an index; see [com.omendb.store.AnnIndex#build].
  public static void run(
      VectorSource vectors,
      Target target,
      BuildOptions options,
      EntryWriter entryWriter,
      Progress progress)
      throws IOException {
    run(vectors, target, options, entryWriter, progress, plan(vectors, options));
  }

  /// See [com.omendb.store.AnnIndex#checkTarget].
  public static void checkTarget(Path directory, BuildOptions options) throws IOException {
    Publication.checkTarget(directory, options.overwrite());
  }

  /// See [com.omendb.store.AnnIndex#checkInput].
  public static void checkInput(VectorSource vectors, BuildOptions options, Progress progress) {
    plan(vectors, options).requireWithinBudget();
    progress.phase("check vectors", vectors.count());
    requireUsable(vectors, options);
    progress.advance(vectors.count());
  }

  private static BuildPlan plan(VectorSource vectors, BuildOptions options) {
    if (vectors.count() < 1 || vectors.count() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "an index holds 1 to " + (Integer.MAX_VALUE - 8) + " vectors: count=" + vectors.count());
    }
    int[] subspaceCounts = CodeSizes.of(vectors.dimension(), options.subspaceCount());
    int largest = Arrays.stream(subspaceCounts).max().getAsInt();
    return BuildPlan.of(vectors, options, largest);
  }

  private static void requireUsable(VectorSource vectors, BuildOptions options) {
    VectorChecks.requireUsable(vectors, options.metric(), "base vectors", options.threads());
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
    checkTarget(target.directory(), options);
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
    BuildJob job = BuildJob.of(input, options, CodeSizes.format(subspaceCounts));
    UnfinishedBuilds unfinished = new UnfinishedBuilds(job, options.resume(), progress::note);
    try (Publication publication =
        Publication.begin(target.storage(), target.directory(), options.overwrite(), unfinished)) {
      Checkpoints checkpoints = unfinished.takeOver(publication.stagingDirectory());
      publication.keepIf(checkpoints::any, () -> progress.note(KEPT));
      DiskSpace.require(
          target.directory(), Math.max(0, target.neededBytes() - checkpoints.bytes()));
      try {
        build(publication, checkpoints, plan);
      } catch (IllegalArgumentException e) {
        // What the caller asked for cannot be done, now or when it is asked for again.
        publication.keepIf(() -> false, () -> {});
        throw e;
      }
    }
  }

  private void build(Publication publication, Checkpoints checkpoints, BuildPlan plan)
      throws IOException {
    try (BuildMemory memory =
            new BuildMemory(
                input,
                options.memoryBudgetBytes(),
                plan.inFiles() ? publication.stagingDirectory() : null);
        Arena kept = memory.newArena()) {
      checkVectors(checkpoints);
      if (!checkpoints.has(Checkpoints.READY)) {
        new BuildSteps(input, options, plan, publication, checkpoints, memory, progress)
            .run(kept, subspaceCounts, entryWriter, settings());
      }
      publish(publication, checkpoints);
      if (memory.releases() > 0) {
        progress.note("memory: files were let go of " + memory.releases() + " times");
      }
    }
  }

  private void checkVectors(Checkpoints checkpoints) throws IOException {
    progress.phase("check vectors", input.count());
    Map<String, String> found = Map.of("crc32c", BuildJob.checksum(input));
    if (checkpoints.has(Checkpoints.INPUT)
        && !checkpoints.get(Checkpoints.INPUT).values().equals(found)) {
      progress.note("resuming: the vectors are not those of then, beginning anew");
      checkpoints.forgetAll();
    }
    if (!checkpoints.has(Checkpoints.INPUT)) {
      requireUsable(input, options);
      checkpoints.finish(Checkpoints.INPUT, List.of(), found);
    }
    progress.advance(input.count());
  }

  private void publish(Publication publication, Checkpoints checkpoints) throws IOException {
    progress.phase("publish", 0);
    BuildState.Finished ready = checkpoints.get(Checkpoints.READY);
    publication.publish(
        new Manifest(
            options.kind(),
            checkpoints.indexId(),
            input.count(),
            input.dimension(),
            input.elementType(),
            options.metric(),
            ready.values(),
            new TreeMap<>()),
        ready.files());
  }

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
