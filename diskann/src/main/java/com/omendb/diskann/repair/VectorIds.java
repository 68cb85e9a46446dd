package com.omendb.diskann.repair;

import java.util.BitSet;

/// The vectorIds of the records that were read, and from them those that must have been in the
/// records that were not.
///
/// An index does not say which ids were in a page that is lost. Ids are the rows of the input, so
/// the lost ones are those of `0..range-1` that no record has; where the ids that are left
/// contradict that, nothing is said of the lost ones.
final class VectorIds {
  private final BitSet present = new BitSet();
  private long largest = -1;
  private boolean contradictory;

  /// Takes note of the id of a record.
  void add(long id) {
    largest = Math.max(largest, id);
    if (id >= Integer.MAX_VALUE || present.get((int) id)) {
      contradictory = true;
      return;
    }
    present.set((int) id);
  }

  /// The largest id seen, or -1.
  long largest() {
    return largest;
  }

  /// Whether the ids seen are distinct rows of an input.
  boolean areRows() {
    return !contradictory;
  }

  /// The ids of `0..range-1` that were not seen.
  BitSet missing(int range) {
    BitSet missing = new BitSet(range);
    missing.set(0, range);
    missing.andNot(present);
    return missing;
  }
}
