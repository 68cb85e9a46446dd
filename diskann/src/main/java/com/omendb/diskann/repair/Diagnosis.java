package com.omendb.diskann.repair;

import com.omendb.diskann.pages.BasePageFormat;
import java.util.BitSet;
import java.util.SortedMap;

/// What is left of an index and what is wrong with it.
///
/// @param remains what there is
/// @param facts what it is
/// @param survivors what is left of its records
/// @param idRange ids are in `0..idRange-1`
/// @param idsAreRows whether the ids that are left are distinct and in that range
/// @param missingIds ids that no record has; empty if they cannot be told
/// @param damage what is wrong, by name of file, the manifest's included
record Diagnosis(
    IndexRemains remains,
    IndexFacts facts,
    Survivors survivors,
    int idRange,
    boolean idsAreRows,
    BitSet missingIds,
    SortedMap<String, String> damage) {

  /// Whether a file of the index is whole.
  boolean isWhole(String file) {
    return !damage.containsKey(file);
  }

  /// Whether the pages are whole.
  boolean pagesAreWhole() {
    return isWhole(BasePageFormat.FILE);
  }
}
