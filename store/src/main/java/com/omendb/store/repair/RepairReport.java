package com.omendb.store.repair;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// What a repair found and made.
///
/// @param damaged the index as it was, which is as it was before
/// @param repaired the new index
/// @param kind of the index
/// @param count vectors in the new index
/// @param pageCount pages of the damaged index
/// @param lostPageCount pages that could not be read
/// @param lostRecordCount records in them
/// @param restoredCount vectors that the source brought back
/// @param lostIds the vectorIds that were lost and were not brought back; empty if which they are
///   cannot be told
/// @param files what was wrong with which file, and what was done, in order of their names
/// @param assumptions what the repair had to assume, each a sentence
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

  /// Copies what could change.
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
