package com.omendb.diskann.leaf;

import com.omendb.vectors.memory.NativeMemory;

/// How candidates lie in the memory and the scratch file of [CandidateBuckets]:
///
/// ```
/// record  int header: place of the node within its bucket << 8 | number of candidates (1 to 255)
///         candidates, 6 bytes each: int node, 16 bits distance
/// ```
///
/// A distance is kept to 16 bits: the exponent and the first 8 bits of the fraction of a float, so
/// that kept distances order as their floats do, to 1 part in 256. An entry is written and read as
/// a long, so memory must reach 2 bytes beyond the last.
final class Records {
  /// Most candidates of one record.
  static final int MAX_COUNT = 255;

  /// Nodes of a bucket.
  static final int MAX_PLACES = 1 << 24;

  static final int HEADER_BYTES = 4;
  static final int ENTRY_BYTES = 6;

  /// Bytes that an access may reach beyond a record.
  static final int OVERHANG_BYTES = 2;

  private static final int DISTANCE_SHIFT = 15;

  private Records() {}

  static int bytes(int count) {
    return HEADER_BYTES + count * ENTRY_BYTES;
  }

  /// A distance, which must not be negative, in 16 bits.
  static int shortened(float distance) {
    return Float.floatToRawIntBits(distance) >>> DISTANCE_SHIFT;
  }

  static void putHeader(long record, int place, int count) {
    NativeMemory.ALL.set(NativeMemory.INT, record, place << 8 | count);
  }

  /// The place and the number of candidates of a record; see [#place] and [#count].
  static int header(long record) {
    return NativeMemory.ALL.get(NativeMemory.INT, record);
  }

  static int place(int header) {
    return header >>> 8;
  }

  static int count(int header) {
    return header & 0xff;
  }

  /// Writes entry `index`: the distance, shortened, above the node.
  static void putEntry(long record, int index, long entry) {
    NativeMemory.ALL.set(
        NativeMemory.LONG, record + HEADER_BYTES + (long) index * ENTRY_BYTES, entry);
  }

  /// Reads entry `index`: longs order as the distances do, equal ones by node.
  static long entry(long record, int index) {
    return NativeMemory.ALL.get(
            NativeMemory.LONG, record + HEADER_BYTES + (long) index * ENTRY_BYTES)
        & 0xffff_ffff_ffffL;
  }

  static long entry(int node, int shortened) {
    return (long) shortened << 32 | node;
  }
}
