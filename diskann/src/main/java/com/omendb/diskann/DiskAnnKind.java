package com.omendb.diskann;

import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.checking.EntryCheck;
import com.omendb.diskann.checking.IndexVerifier;
import com.omendb.diskann.forecast.Forecasts;
import com.omendb.diskann.repair.EntryFile;
import com.omendb.diskann.repair.IndexRepair;
import com.omendb.diskann.repair.RepairableKind;
import com.omendb.diskann.search.DiskAnnIndex;
import com.omendb.diskann.search.EntrySelector;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildForecast;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.ServingForecast;
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
import java.util.Map;
import java.util.Optional;

/// The kind `diskann`: a Vamana graph in SSD pages, entered at its medoid.
public final class DiskAnnKind implements RepairableKind {
  /// Name in the manifest.
  public static final String NAME = "diskann";

  /// Called by [java.util.ServiceLoader].
  public DiskAnnKind() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognizes(Path directory) throws IOException {
    return Manifest.read(directory).kind().equals(NAME);
  }

  @Override
  public AnnIndex open(Path directory, OpenOptions options) throws IOException {
    return DiskAnnIndex.open(directory, options, (_, _, medoid, _) -> EntrySelector.fixed(medoid));
  }

  @Override
  public boolean verifies() {
    return true;
  }

  @Override
  public VerifyReport verify(Path directory, VerifyOptions options, Progress progress)
      throws IOException {
    return IndexVerifier.verify(directory, NAME, EntryCheck.NONE, options, progress);
  }

  @Override
  public BuildForecast forecastBuild(VectorShape vectors, long inputBytes, BuildOptions options) {
    return Forecasts.ofBuild(vectors, inputBytes, options.withKind(NAME), Map.of());
  }

  @Override
  public void checkTarget(Path directory, BuildOptions options) throws IOException {
    IndexBuild.checkTarget(directory, options);
  }

  @Override
  public void checkInput(VectorSource vectors, BuildOptions options, Progress progress) {
    IndexBuild.checkInput(vectors, options.withKind(NAME), progress);
  }

  @Override
  public ServingForecast forecastServing(
      VectorShape vectors, BuildOptions build, OpenOptions open) {
    return Forecasts.ofServing(vectors, build.withKind(NAME), open, Map.of());
  }

  @Override
  public void build(VectorSource vectors, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    build(vectors, Storage.disk(), directory, options, progress);
  }

  /// The same in any storage.
  static void build(
      VectorSource vectors,
      Storage storage,
      Path directory,
      BuildOptions options,
      Progress progress)
      throws IOException {
    BuildOptions ofKind = options.withKind(NAME);
    IndexBuild.run(
        vectors,
        new IndexBuild.Target(storage, directory, Forecasts.neededBytes(vectors, ofKind, Map.of())),
        ofKind,
        (_, _, _) -> {},
        progress);
  }

  @Override
  public boolean repairs() {
    return true;
  }

  @Override
  public RepairReport repair(
      Path damaged,
      Path repaired,
      Optional<VectorSource> source,
      RepairOptions options,
      Progress progress)
      throws IOException {
    return IndexRepair.run(damaged, repaired, source.orElse(null), options, progress);
  }

  @Override
  public Optional<EntryFile> entryFile() {
    return Optional.empty();
  }
}
