package com.omendb.diskann.repair;

import com.omendb.diskann.parts.KindParts;
import com.omendb.store.IndexKind;
import java.util.ArrayList;
import java.util.List;

/// A kind of index over this module's base layer, which [IndexRepair] can therefore repair.
public interface RepairableKind extends IndexKind {
  /// What indexes of the kind consist of.
  KindParts parts();

  /// The kinds that a repair knows: one, and those that are installed.
  static List<RepairableKind> and(RepairableKind first) {
    List<RepairableKind> kinds = new ArrayList<>(List.of(first));
    for (IndexKind installed : IndexKind.installed()) {
      if (installed instanceof RepairableKind kind) {
        kinds.add(kind);
      }
    }
    return kinds;
  }
}
