package com.omendb.store.repair;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// What a repair found and made.
///
/// @param damaged directory of the damaged index, which the repair did not change
/// @param repaired directory of the new index
/// @param kind name of the kind of index
/// @param count vectors in the new index
/// @param pageCount pages of the damaged index
/// @param lostPageCount pages that could not be read
/// @param lostRecordCount records in the lost pages
/// @param restoredCount lost vectors that were taken from the source
/// @param lostIds the vectorIds that the new index lacks; empty if the repair cannot know which
///   they are
/// @param files the damaged or missing files, by name, each with what was done
/// @param assumptions assumptions of the repair, each a sentence
public record RepairReport(
    Path damaged,
    Path repaired,
    String kind,
    long count,
    long pageCount,
    long lostPageCount,
    long lostRecordCount,
    long restoredCount,
    Optional<BitSet> lostIds,
    List<FileRepair> files,
    List<String> assumptions) {

  /// A file that was damaged or missing.
  ///
  /// @param file name within the index
  /// @param damage what was wrong, in one clause
  /// @param remedy what was done, in one clause
  public record FileRepair(String file, String damage, String remedy) {}

  /// Copies the collections.
  public RepairReport {
    lostIds = lostIds.map(ids -> (BitSet) ids.clone());
    files = List.copyOf(files);
    assumptions = List.copyOf(assumptions);
  }

  /// {@return a copy of the set of lost vectorIds}
  @Override
  public Optional<BitSet> lostIds() {
    return lostIds.map(ids -> (BitSet) ids.clone());
  }
}
