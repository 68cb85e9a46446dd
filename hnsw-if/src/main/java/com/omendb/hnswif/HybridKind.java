package com.omendb.hnswif;

import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.checking.IndexVerifier;
import com.omendb.diskann.forecast.Forecasts;
import com.omendb.diskann.repair.EntryFile;
import com.omendb.diskann.repair.IndexRepair;
import com.omendb.diskann.repair.RepairableKind;
import com.omendb.diskann.search.DiskAnnIndex;
import com.omendb.hnswif.layers.LayerBuilder;
import com.omendb.hnswif.layers.LayersCheck;
import com.omendb.hnswif.layers.LayersFile;
import com.omendb.hnswif.layers.UpperLayers;
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

/// The kind `hybrid`, the default: upper HNSW layers in memory lead a search to the right region of
/// a Vamana graph in SSD pages without reading one.
public final class HybridKind implements RepairableKind {
  /// Name in the manifest.
  public static final String NAME = "hybrid";

  /// Called by [java.util.ServiceLoader].
  public HybridKind() {}

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
    return DiskAnnIndex.open(
        directory,
        options,
        (files, manifest, _, arena) -> {
          manifest.requireFiles(directory, UpperLayers.FILE);
          return UpperLayers.map(files.resolve(UpperLayers.FILE), manifest, arena);
        });
  }

  @Override
  public boolean verifies() {
    return true;
  }

  @Override
  public VerifyReport verify(Path directory, VerifyOptions options, Progress progress)
      throws IOException {
    return IndexVerifier.verify(directory, NAME, new LayersCheck(), options, progress);
  }

  @Override
  public BuildForecast forecastBuild(VectorShape vectors, long inputBytes, BuildOptions options) {
    return Forecasts.ofBuild(vectors, inputBytes, options.withKind(NAME), entryFiles(vectors));
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
    return Forecasts.ofServing(vectors, build.withKind(NAME), open, entryFiles(vectors));
  }

  private static Map<String, Long> entryFiles(VectorShape vectors) {
    return Map.of(UpperLayers.FILE, LayerBuilder.expectedBytes(vectors));
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
        new IndexBuild.Target(
            storage,
            directory,
            Forecasts.neededBytes(vectors, ofKind, entryFiles(VectorShape.of(vectors)))),
        ofKind,
        new LayersFile().writer(),
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
    return Optional.of(new LayersFile());
  }
}
