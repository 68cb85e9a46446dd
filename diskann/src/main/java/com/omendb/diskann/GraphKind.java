package com.omendb.diskann;

import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.checking.IndexVerifier;
import com.omendb.diskann.forecast.Forecasts;
import com.omendb.diskann.parts.KindParts;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.diskann.repair.IndexRepair;
import com.omendb.diskann.repair.RepairableKind;
import com.omendb.diskann.search.GraphOpening;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pq.CodeKinds;
import com.omendb.pq.kinds.InstalledCodes;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildForecast;
import com.omendb.store.BuildOptions;
import com.omendb.store.BuildReport;
import com.omendb.store.OpenOptions;
import com.omendb.store.ServingForecast;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A kind of index with a Vamana graph in SSD pages. Kinds differ in the parts that they add, and
/// in where their searches enter the graph.
public abstract class GraphKind implements RepairableKind {
  private final String name;
  private final KindParts parts;
  private final GraphOpening.Entry entry;

  /// A kind of index.
  ///
  /// @param name in the manifest
  /// @param added who makes the parts that the kind adds
  /// @param entry where searches enter the graph
  protected GraphKind(String name, List<PartMaker> added, GraphOpening.Entry entry) {
    this(name, InstalledCodes.KINDS, added, entry);
  }

  /// The same with other kinds of code than those that are installed.
  ///
  /// @param codeKinds kinds of code that its indexes may keep
  protected GraphKind(
      String name, CodeKinds codeKinds, List<PartMaker> added, GraphOpening.Entry entry) {
    this.name = name;
    this.parts = new KindParts(codeKinds, added);
    this.entry = entry;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final KindParts parts() {
    return parts;
  }

  @Override
  public final boolean recognizes(Path directory) throws IOException {
    return Manifest.read(directory).kind().equals(name);
  }

  @Override
  public final AnnIndex open(Path directory, OpenOptions options) throws IOException {
    return GraphOpening.open(directory, options, parts, entry);
  }

  @Override
  public final boolean verifies() {
    return true;
  }

  @Override
  public final VerifyReport verify(Path directory, VerifyOptions options, Progress progress)
      throws IOException {
    return IndexVerifier.verify(directory, name, parts, options, progress);
  }

  @Override
  public final BuildForecast forecastBuild(
      VectorShape vectors, long inputBytes, BuildOptions options) {
    return Forecasts.ofBuild(
        vectors,
        inputBytes,
        options.toBuilder().kind(name).build(),
        parts.toBuild(vectors, options));
  }

  @Override
  public final void checkTarget(Path directory, BuildOptions options) throws IOException {
    IndexBuild.checkTarget(directory, options);
  }

  @Override
  public final void checkInput(VectorSource vectors, BuildOptions options, Progress progress) {
    IndexBuild.checkInput(
        vectors,
        options.toBuilder().kind(name).build(),
        parts.toBuild(VectorShape.of(vectors), options),
        progress);
  }

  @Override
  public final ServingForecast forecastServing(
      VectorShape vectors, BuildOptions build, OpenOptions open) {
    return Forecasts.ofServing(
        vectors, build.toBuilder().kind(name).build(), open, parts.toBuild(vectors, build));
  }

  @Override
  public final BuildReport build(
      VectorSource vectors, VectorIds ids, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    return build(vectors, ids, Storage.disk(), directory, options, progress);
  }

  /// The same in any storage.
  public final BuildReport build(
      VectorSource vectors,
      VectorIds ids,
      Storage storage,
      Path directory,
      BuildOptions options,
      Progress progress)
      throws IOException {
    long start = System.nanoTime();
    BuildOptions ofKind = options.toBuilder().kind(name).build();
    PartList ofIndex = parts.toBuild(VectorShape.of(vectors), options);
    Manifest built =
        IndexBuild.run(
            vectors,
            ids,
            new IndexBuild.Target(
                storage, directory, Forecasts.neededBytes(vectors, ofKind, ofIndex)),
            ofKind,
            ofIndex,
            progress);
    return BuildReport.builder(directory, name, built.count())
        .indexBytes(built.files().values().stream().mapToLong(Manifest.FileEntry::length).sum())
        .elapsed(Duration.ofNanos(System.nanoTime() - start))
        .settings(built.settings())
        .build();
  }

  @Override
  public final boolean repairs() {
    return true;
  }

  @Override
  public final RepairReport repair(
      Path damaged,
      Path repaired,
      Optional<VectorSource> source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    return IndexRepair.run(this, damaged, repaired, source.orElse(null), options, progress);
  }
}
