package com.omendb.hnswif.layers;

import com.omendb.diskann.check.EntryCheck;
import com.omendb.diskann.check.FileSpec;
import com.omendb.diskann.format.Manifest;
import java.util.List;

/// Checks the upper layers of a hybrid index against their format and the base layer.
public final class LayersCheck implements EntryCheck {
  /// A check of one index.
  public LayersCheck() {}

  @Override
  public List<FileSpec> files(Manifest manifest) {
    return List.of(
        new FileSpec(
            UpperLayers.FILE,
            LayersFormat.MAGIC,
            LayersFormat.VERSION,
            header ->
                FileSpec.isFlat(header, LayersFormat.FIELD_FIRST_COUNT + 1)
                    && LayersFormat.fits(header.fields(), header.payloadBytes(), manifest)));
  }
}
