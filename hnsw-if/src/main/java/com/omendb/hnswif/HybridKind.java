package com.omendb.hnswif;

import com.omendb.diskann.GraphKind;
import com.omendb.hnswif.layers.LayersPart;
import java.util.List;

/// The kind `hybrid`, the default: upper HNSW layers in memory lead a search to the right region of
/// a Vamana graph in SSD pages without reading one.
public final class HybridKind extends GraphKind {
  /// Name in the manifest.
  public static final String NAME = "hybrid";

  private static final LayersPart LAYERS = new LayersPart();

  /// Called by [java.util.ServiceLoader].
  public HybridKind() {
    super(NAME, List.of(LAYERS), (open, _) -> open.get(LAYERS));
  }
}
