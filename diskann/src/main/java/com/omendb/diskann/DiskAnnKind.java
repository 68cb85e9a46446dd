package com.omendb.diskann;

import com.omendb.diskann.search.EntrySelector;
import java.util.List;

/// The kind `diskann`: a Vamana graph in SSD pages, entered at its medoid.
public final class DiskAnnKind extends GraphKind {
  /// Name in the manifest.
  public static final String NAME = "diskann";

  /// Called by [java.util.ServiceLoader].
  public DiskAnnKind() {
    super(NAME, List.of(), (_, medoid) -> EntrySelector.fixed(medoid));
  }
}
