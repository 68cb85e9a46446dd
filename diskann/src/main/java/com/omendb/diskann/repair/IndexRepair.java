package com.omendb.diskann.repair;

import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.forecast.Forecasts;
import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.errors.BuildInterruptedException;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.DiskSpaceException;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.BuildOptions;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.directory.Publication;
import com.omendb.store.directory.Settings;
import com.omendb.store.part.Origin;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.repair.RepairReport.FileRepair;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.WorkInterruptedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Makes a whole index of what is left of a damaged one, in a new directory.
///
/// Everything can be made from the pages, so what matters is which of them are whole:
/// - all of them: the pages stay as they are, and so does every other file that is whole; the rest
///   is made from the pages;
/// - some: the records that are left, and vectors from the source for the others, become the pages
///   of a new index: see [LostNeighbours], [RestoredVectors];
/// - so few that a build is less work, or none: the index is built from the source;
/// - none, and there is no source: nothing can be done.
public final class IndexRepair {
  // With fewer of the nodes left, inserting the others takes longer than a build.
  private static final double MIN_LEFT = 0.75;

  private final IndexRemains remains;
  private final IndexFacts facts;
  private final @Nullable VectorSource source;
  private final RepairOptions options;
  private final Progress progress;
  private final List<String> assumed;

  private IndexRepair(
      IndexRemains remains,
      IndexFacts facts,
      @Nullable VectorSource source,
      RepairOptions options,
      Progress progress) {
    this.remains = remains;
    this.facts = facts;
    this.source = source;
    this.options = options;
    this.progress = progress;
    this.assumed = new ArrayList<>(facts.assumed());
  }

  /// Repairs an index; see [com.omendb.store.AnnIndex#repair].
  ///
  /// @param kind that repairs; the index may be of another
  /// @param source the vectors that it was built from, or null
  public static RepairReport run(
      RepairableKind kind,
      Path damaged,
      Path target,
      @Nullable VectorSource source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    return run(kind, damaged, Storage.disk(), target, source, options, progress);
  }

  /// The same into any storage.
  public static RepairReport run(
      RepairableKind kind,
      Path damaged,
      Storage storage,
      Path target,
      @Nullable VectorSource source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    requireApart(damaged, target);
    Publication.checkTarget(target, false);
    try {
      return repair(kind, damaged, storage, target, source, options, progress);
    } catch (BuildInterruptedException e) {
      throw e;
    } catch (WorkInterruptedException | ClosedByInterruptException | InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new BuildInterruptedException(e);
    }
  }

  private static RepairReport repair(
      RepairableKind kind,
      Path damaged,
      Storage storage,
      Path target,
      @Nullable VectorSource source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    IndexRemains remains = IndexRemains.find(damaged);
    IndexFacts facts = FactFinder.find(remains, source, RepairableKind.and(kind));
    requireKnown(remains, facts);
    try {
      return new IndexRepair(remains, facts, source, options, progress).run(storage, target);
    } catch (ClosedByInterruptException
        | InterruptedIOException
        | FileSystemException
        | CorruptFileException
        | DiskSpaceException
        | UnrepairableException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot repair the index: " + e.getMessage() + ": directory=" + target, e);
    }
  }

  // What is not known cannot be made anew, and without it the others may mean something else.
  private static void requireKnown(IndexRemains remains, IndexFacts facts)
      throws UnrepairableException {
    Set<String> files = new TreeSet<>(remains.headers().keySet());
    Manifest manifest = remains.manifest();
    if (manifest != null) {
      files.addAll(manifest.files().keySet());
    }
    for (String file : files) {
      if (facts.parts().named(file).isEmpty()) {
        throw new UnrepairableException(
            "a file of the index is not known to this release, so that a repair would lose it:"
                + " kind="
                + facts.kind().name()
                + ", file="
                + file,
            remains.directory());
      }
    }
  }

  // Neither directory lies in the other.
  private static void requireApart(Path damaged, Path target) throws IOException {
    if (!Files.exists(damaged)) {
      return;
    }
    Path from = damaged.toRealPath();
    Path to = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
    if (to.startsWith(from) || from.startsWith(to)) {
      throw new IllegalArgumentException(
          "a repair is written apart from the index: index=" + damaged + ", target=" + target);
    }
  }

  private RepairReport run(Storage storage, Path target) throws IOException {
    PageShape shape = ShapeFinder.find(remains, facts);
    Survivors survivors =
        shape == null
            ? null
            : new RecordReader(remains.files(), shape, facts.vectorBytes(), progress).survey();
    if (survivors == null || survivors.count() == 0) {
      requireCopied(null);
      return buildAnew(storage, target, null);
    }
    Diagnosis diagnosis = diagnose(survivors);
    progress.note(describe(diagnosis));
    boolean restores = source != null && !diagnosis.missingIds().isEmpty();
    boolean keepsPages = diagnosis.pagesAreWhole() && !restores;
    requireCopied(keepsPages ? diagnosis : null);
    if (source != null && (restores || survivors.lostCount() > 0)) {
      requireUsableSource(diagnosis);
    }
    if (keepsPages) {
      new RepairJob(diagnosis, null, options, progress).keepPages(storage, target);
      return report(target, diagnosis, survivors.count(), "made from the pages", "");
    }
    if (restores && survivors.count() < MIN_LEFT * diagnosis.idRange()) {
      return buildAnew(storage, target, diagnosis);
    }
    VectorSource restoring = restores ? source : null;
    int count =
        new RepairJob(diagnosis, restoring, options, progress).rewritePages(storage, target);
    return report(
        target,
        diagnosis,
        count,
        "made from the records that are left",
        "the records that are left"
            + (restores ? " and the source's vectors" : "")
            + " were laid out anew");
  }

  // What can only be copied has to be whole, and of the same nodes.
  private void requireCopied(@Nullable Diagnosis ofSameNodes) throws UnrepairableException {
    for (GraphPart<?> part : facts.parts().all()) {
      if (part.origin() == Origin.COPIED && (ofSameNodes == null || !ofSameNodes.isWhole(part))) {
        throw new UnrepairableException(
            "a file that cannot be made anew is "
                + (ofSameNodes == null ? "of pages that are lost" : "damaged")
                + ": file="
                + part.name(),
            remains.directory());
      }
    }
  }

  private Diagnosis diagnose(Survivors survivors) {
    SortedMap<String, String> damage = FileDamage.find(remains, facts, survivors, progress);
    String pages = FileDamage.ofPages(survivors);
    if (pages != null) {
      damage.put(BasePageFormat.FILE, pages);
    }
    if (remains.manifest() == null) {
      damage.put(Manifest.FILE, remains.manifestDamage());
    }
    int idRange = idRange(survivors);
    boolean known = !ownIds() && survivors.ids().areRows() && survivors.ids().largest() < idRange;
    BitSet missing = known ? survivors.ids().missing(idRange) : new BitSet();
    return new Diagnosis(remains, facts, survivors, idRange, known, missing, damage);
  }

  // Ids are the rows of the input, so there were as many as nodes; more, if an earlier repair had
  // to leave some out.
  private int idRange(Survivors survivors) {
    int nodeCount = survivors.shape().nodeCount();
    int range = facts.setting(Settings.ID_RANGE, Integer::valueOf, nodeCount);
    long largest = survivors.ids().largest();
    if (ownIds()) {
      return Math.max(1, range);
    }
    if (largest >= range && largest < Integer.MAX_VALUE - 8) {
      assumed.add(
          "ids up to " + largest + " are there, more than nodes: the range of ids ends with it");
      return (int) largest + 1;
    }
    return Math.max(1, range);
  }

  private void requireUsableSource(Diagnosis diagnosis) {
    if (source == null) {
      return;
    }
    if (!diagnosis.idsAreRows()) {
      throw new IllegalArgumentException(
          "the ids of the records that are left are not rows of a source, so that it cannot say"
              + " which are lost: directory="
              + remains.directory());
    }
    RestoredVectors.requireShape(source, facts, diagnosis.idRange());
  }

  private boolean ownIds() {
    return facts.settings().containsKey(IndexBuild.OWN_IDS);
  }

  private RepairReport buildAnew(Storage storage, Path target, @Nullable Diagnosis diagnosis)
      throws IOException {
    if (ownIds()) {
      throw new UnrepairableException(
          "too little is left, and the ids of the vectors were the caller's own, which no source"
              + " holds; build the index again",
          remains.directory());
    }
    if (source == null) {
      throw new UnrepairableException(
          "no page of "
              + BasePageFormat.FILE
              + " can be read, so that all vectors are lost; the"
              + " file that the index was built from would bring them back",
          remains.directory());
    }
    int idRange = facts.setting(Settings.ID_RANGE, Integer::valueOf, facts.count());
    RestoredVectors.requireShape(
        source, facts, idRange == 0 ? Math.toIntExact(source.count()) : idRange);
    int maxDegree =
        facts.setting(Settings.MAX_DEGREE, Integer::valueOf, BuildOptions.defaults().maxDegree());
    progress.note("too little is left; the index is built from the source");
    BuildOptions build = facts.buildOptions(maxDegree, options);
    IndexBuild.run(
        source,
        VectorIds.rows(),
        new IndexBuild.Target(storage, target, Forecasts.neededBytes(source, build, facts.parts())),
        build,
        facts.parts(),
        progress);
    if (diagnosis != null) {
      return report(
          target,
          diagnosis,
          (int) source.count(),
          "built from the source",
          "built from the source");
    }
    TreeMap<String, String> damage = new TreeMap<>();
    damage.put(BasePageFormat.FILE, "no page can be read");
    if (remains.manifest() == null) {
      damage.put(Manifest.FILE, remains.manifestDamage());
    }
    return new RepairReport(
        remains.directory(),
        target,
        facts.kind().name(),
        source.count(),
        0,
        0,
        source.count(),
        source.count(),
        Optional.of(new BitSet()),
        files(damage, "built from the source", "built from the source"),
        assumed);
  }

  private RepairReport report(
      Path target, Diagnosis diagnosis, int count, String remedy, String pagesRemedy) {
    Survivors survivors = diagnosis.survivors();
    int restored = count - survivors.count();
    boolean lost = survivors.lostCount() > 0;
    if (lost) {
      assumed.add(
          diagnosis.idsAreRows()
              ? "ids are the rows of the input, 0 to "
                  + (diagnosis.idRange() - 1)
                  + ": those that no record has were in lost pages"
              : "ids are not the rows of an input, so it is unknown which are lost");
    }
    Optional<BitSet> lostIds =
        lost && !diagnosis.idsAreRows()
            ? Optional.empty()
            : Optional.of(restored > 0 ? new BitSet() : diagnosis.missingIds());
    return new RepairReport(
        remains.directory(),
        target,
        facts.kind().name(),
        count,
        survivors.shape().pageCount(),
        survivors.lostPages().size(),
        survivors.lostCount(),
        restored,
        lostIds,
        files(diagnosis.damage(), remedy, pagesRemedy),
        assumed);
  }

  private static List<FileRepair> files(
      SortedMap<String, String> damage, String remedy, String pagesRemedy) {
    List<FileRepair> files = new ArrayList<>();
    for (Map.Entry<String, String> file : damage.entrySet()) {
      String done =
          switch (file.getKey()) {
            case BasePageFormat.FILE -> pagesRemedy;
            case Manifest.FILE -> "written anew";
            default -> remedy;
          };
      files.add(new FileRepair(file.getKey(), file.getValue(), done));
    }
    return files;
  }

  private static String describe(Diagnosis diagnosis) {
    return diagnosis.damage().isEmpty()
        ? "nothing is damaged"
        : "damaged: " + String.join(", ", diagnosis.damage().keySet());
  }
}
