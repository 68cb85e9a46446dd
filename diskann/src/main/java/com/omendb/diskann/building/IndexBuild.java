package com.omendb.diskann.building;

import com.omendb.diskann.format.CodeNames;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.errors.BuildInterruptedException;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.DiskSpaceException;
import com.omendb.pagecache.storage.DiskSpace;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.VectorIds;
import com.omendb.store.building.BuildWatch;
import com.omendb.store.checkpoint.BuildJob;
import com.omendb.store.checkpoint.BuildState;
import com.omendb.store.checkpoint.Checkpoints;
import com.omendb.store.checkpoint.UnfinishedBuilds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.directory.Settings;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.WorkInterruptedException;
import com.omendb.vectors.check.VectorChecks;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Builds an index with a Vamana base layer: check the vectors, go through the [BuildSteps] from
/// where an earlier build was cut short or from the first, publish.
public final class IndexBuild {
  /// Manifest setting: ids are the caller's own, not rows of the input.
  public static final String OWN_IDS = "ownIds";

  private static final String KEPT =
      "finished phases are kept: the same build with resume (--resume) continues from them, a build"
          + " without it deletes them";

  private final VectorSource input;
  private final VectorIds ids;
  private final BuildOptions options;
  private final Progress progress;
  private final PartList parts;

  /// The place for a new index.
  ///
  /// @param storage through which its files are written
  /// @param directory of the index
  /// @param neededBytes that there must be room for when the leftovers of other builds are gone
  public record Target(Storage storage, Path directory, long neededBytes) {}

  private IndexBuild(
      VectorSource input, VectorIds ids, BuildOptions options, PartList parts, Progress progress) {
    this.input = input;
    this.ids = ids;
    this.options = options;
    this.parts = parts;
    this.progress = progress;
  }

  /// Builds and publishes an index; see [com.omendb.store.AnnIndex#build].
  ///
  /// @return the manifest of the index
  public static Manifest run(
      VectorSource vectors,
      VectorIds ids,
      Target target,
      BuildOptions options,
      PartList parts,
      Progress progress)
      throws IOException {
    return run(vectors, ids, target, options, parts, progress, plan(vectors, options, parts));
  }

  /// See [com.omendb.store.AnnIndex#checkTarget].
  public static void checkTarget(Path directory, BuildOptions options) throws IOException {
    Publication.checkTarget(directory, options.overwrite());
  }

  /// See [com.omendb.store.AnnIndex#checkInput].
  public static void checkInput(
      VectorSource vectors, BuildOptions options, PartList parts, Progress progress) {
    plan(vectors, options, parts).requireWithinBudget();
    progress.phase("check vectors", vectors.count());
    requireUsable(vectors, options);
    progress.advance(vectors.count());
  }

  private static BuildPlan plan(VectorSource vectors, BuildOptions options, PartList parts) {
    if (vectors.count() < 1 || vectors.count() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "an index holds 1 to " + (Integer.MAX_VALUE - 8) + " vectors: count=" + vectors.count());
    }
    return BuildPlan.of(vectors, options, parts.codeSpecs());
  }

  private static void requireUsable(VectorSource vectors, BuildOptions options) {
    VectorChecks.requireUsable(vectors, options.metric(), "base vectors", options.threads());
  }

  /// The same by a plan made beforehand.
  static Manifest run(
      VectorSource vectors,
      VectorIds ids,
      Target target,
      BuildOptions options,
      PartList parts,
      Progress progress,
      BuildPlan plan)
      throws IOException {
    try (BuildWatch watch =
        new BuildWatch(vectors.count(), target.directory(), options, progress)) {
      Manifest built = new IndexBuild(vectors, ids, options, parts, watch).run(target, plan);
      watch.done();
      return built;
    }
  }

  private Manifest run(Target target, BuildPlan plan) throws IOException {
    checkTarget(target.directory(), options);
    plan.requireWithinBudget();
    progress.note("memory: " + plan);
    try {
      return build(target, plan);
    } catch (WorkInterruptedException | ClosedByInterruptException | InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new BuildInterruptedException(e);
    } catch (FileSystemException | CorruptFileException | DiskSpaceException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot write the index: " + e.getMessage() + ": directory=" + target.directory(), e);
    }
  }

  private Manifest build(Target target, BuildPlan plan) throws IOException {
    BuildJob job = BuildJob.of(input, ids, options, CodeSpec.text(parts.codeSpecs()));
    UnfinishedBuilds unfinished =
        new UnfinishedBuilds(job, options.resume(), madeFromGraph(), progress::note);
    try (Publication publication =
        Publication.begin(target.storage(), target.directory(), options.overwrite(), unfinished)) {
      Checkpoints checkpoints = unfinished.takeOver(publication.stagingDirectory());
      publication.keepIf(checkpoints::any, () -> progress.note(KEPT));
      DiskSpace.require(
          target.directory(), Math.max(0, target.neededBytes() - checkpoints.bytes()));
      try {
        return build(publication, checkpoints, plan);
      } catch (IllegalArgumentException e) {
        // What the caller asked for cannot be done, now or when it is asked for again.
        publication.keepIf(() -> false, () -> {});
        throw e;
      }
    }
  }

  private Set<String> madeFromGraph() {
    Set<String> phases = new TreeSet<>();
    phases.add(Checkpoints.PAIRS);
    parts.makers().stream()
        .filter(PartMaker::needsGraph)
        .forEach(maker -> phases.add(maker.phase()));
    return phases;
  }

  private Manifest build(Publication publication, Checkpoints checkpoints, BuildPlan plan)
      throws IOException {
    try (BuildMemory memory =
            new BuildMemory(
                input,
                options.memoryBudgetBytes(),
                plan.inFiles() ? publication.stagingDirectory() : null);
        Arena kept = memory.newArena()) {
      checkVectors(checkpoints);
      if (!checkpoints.has(Checkpoints.READY)) {
        new BuildSteps(input, ids, options, plan, publication, checkpoints, memory, progress)
            .run(parts, kept, settings());
      }
      Manifest built = publish(publication, checkpoints);
      if (memory.releases() > 0) {
        progress.note("memory: files left memory " + memory.releases() + " times");
      }
      return built;
    }
  }

  private void checkVectors(Checkpoints checkpoints) throws IOException {
    progress.phase("check vectors", input.count());
    Map<String, String> found = Map.of("crc32c", BuildJob.checksum(input));
    if (checkpoints.has(Checkpoints.INPUT)
        && !checkpoints.get(Checkpoints.INPUT).values().equals(found)) {
      progress.note(
          "resuming: the vectors differ from those of the interrupted build, beginning anew");
      checkpoints.forgetAll();
    }
    if (!checkpoints.has(Checkpoints.INPUT)) {
      requireUsable(input, options);
      checkpoints.finish(Checkpoints.INPUT, List.of(), found);
    }
    progress.advance(input.count());
  }

  private Manifest publish(Publication publication, Checkpoints checkpoints) throws IOException {
    progress.phase("publish", 0);
    BuildState.Finished ready = checkpoints.get(Checkpoints.READY);
    return publication.publish(
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
    settings.put(Settings.METHOD, options.tuning().method().label());
    settings.put(Settings.MAX_DEGREE, String.valueOf(options.maxDegree()));
    if (options.tuning().method() == BuildMethod.VAMANA) {
      settings.put(Settings.BUILD_LIST_SIZE, String.valueOf(options.tuning().buildListSize()));
    }
    settings.put(Settings.ALPHA, String.valueOf(options.tuning().alpha()));
    CodeNames.put(settings, parts.codeSpecs());
    parts.coarse().put(settings);
    if (!ids.areRows()) {
      settings.put(OWN_IDS, "true");
    }
    settings.put(Settings.SEED, String.valueOf(options.tuning().seed()));
    return settings;
  }
}
