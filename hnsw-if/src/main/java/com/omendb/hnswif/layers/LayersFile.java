package com.omendb.hnswif.layers;

import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.repair.EntryFile;
import com.omendb.pagecache.FileHeader;
import com.omendb.store.directory.Manifest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// The file of the upper layers, for builds and repairs.
public final class LayersFile implements EntryFile {
  /// The file of any index.
  public LayersFile() {}

  @Override
  public String name() {
    return UpperLayers.FILE;
  }

  @Override
  public IndexBuild.EntryWriter writer() {
    return (input, publication, settings) ->
        new LayerBuilder(input).write(publication.file(UpperLayers.FILE), settings);
  }

  @Override
  public void check(Path path, Manifest manifest) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      UpperLayers.map(path, manifest, arena);
    }
  }

  @Override
  public Optional<Facts> facts(FileHeader header) {
    if (!header.magic().equals(LayersFormat.MAGIC)
        || header.fields().length <= LayersFormat.FIELD_FIRST_COUNT) {
      return Optional.empty();
    }
    return Optional.of(
        new Facts(
            header.field(LayersFormat.FIELD_DIMENSION),
            header.field(LayersFormat.FIELD_ELEMENT_TYPE),
            header.field(LayersFormat.FIELD_METRIC),
            LayerBuilder.settings(
                header.field(LayersFormat.FIELD_LAYER_COUNT),
                header.field(LayersFormat.FIELD_FIRST_COUNT))));
  }
}
