package com.omendb.diskann.repair;

import com.omendb.store.IndexKind;
import java.util.Optional;

/// A kind of index over this module's base layer, which [IndexRepair] can therefore repair.
public interface RepairableKind extends IndexKind {
  /// The file that the kind keeps beside those of every kind; empty if it keeps none.
  Optional<EntryFile> entryFile();
}
