package com.omendb.hnswif;

import com.omendb.diskann.build.IndexBuild;
import com.omendb.diskann.format.Manifest;
import com.omendb.diskann.search.DiskAnnIndex;
import com.omendb.hnswif.layers.LayerBuilder;
import com.omendb.hnswif.layers.UpperLayers;
import com.omendb.vectors.AnnIndex;
import com.omendb.vectors.BuildOptions;
import com.omendb.vectors.IndexKind;
import com.omendb.vectors.OpenOptions;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;

/// The kind `hybrid`, the default: upper HNSW layers in memory lead a search to the right region of
/// a Vamana graph in SSD pages without reading one.
public final class HybridKind implements IndexKind {
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
        (files, manifest, _, arena) ->
            UpperLayers.map(files.resolve(UpperLayers.FILE), manifest, arena));
  }

  @Override
  public void build(VectorSource vectors, Path directory, BuildOptions options, Progress progress)
      throws IOException {
    IndexBuild.run(
        vectors,
        directory,
        options.withKind(NAME),
        (input, publication, settings) ->
            new LayerBuilder(input).write(publication.file(UpperLayers.FILE), settings),
        progress);
  }
}
