package com.omendb.diskann.repair;

import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.store.part.IndexPart;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;

/// What is left of an index and what is wrong with it.
///
/// @param remains what is left of the index
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

  /// Whether a part of the index is whole.
  boolean isWhole(IndexPart part) {
    return !damage.containsKey(part.name());
  }

  /// Those parts of a maker that have to be made beside pages that are whole.
  Set<GraphPart<?>> toMake(PartMaker maker) {
    Set<GraphPart<?>> damaged = new LinkedHashSet<>();
    for (GraphPart<?> part : maker.parts()) {
      if (!isWhole(part)) {
        damaged.add(part);
      }
    }
    return damaged;
  }

  /// Whether the pages are whole.
  boolean pagesAreWhole() {
    return isWhole(facts.parts().pages());
  }
}
