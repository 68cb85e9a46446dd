package com.omendb.diskann.repair;

import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.store.BuildOptions;
import com.omendb.store.part.IndexPart;
import com.omendb.vectors.VectorShape;
import java.io.IOException;
import java.nio.file.Files;
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

  /// Bytes of the files of a new index: those that are copied are as large as they are, the others
  /// as large as a build is expected to make them.
  ///
  /// @param made parts that are not copied
  /// @param vectors of the new index
  /// @param options of a build of it
  long newFileBytes(Set<GraphPart<?>> made, VectorShape vectors, BuildOptions options)
      throws IOException {
    long bytes = 0;
    for (GraphPart<?> part : facts.parts().all()) {
      bytes +=
          made.contains(part)
              ? part.expectedBytes(vectors, options)
              : Files.size(remains.files().resolve(part.name()));
    }
    return bytes;
  }
}
