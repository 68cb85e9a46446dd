package com.omendb.diskann.leaf;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The records of one bucket by node: their addresses in the order of a counting sort.
///
/// Reused from bucket to bucket. Owns the scratch of one thread, which lives as long as it does.
final class RecordGroups {
  private final int[] starts;
  private final int[] counts;
  private MemorySegment addresses = MemorySegment.NULL;

  /// @param places the most nodes that a bucket has
  RecordGroups(int places) {
    this.starts = new int[places + 1];
    this.counts = new int[places];
  }

  /// Groups the records of some blocks of memory.
  ///
  /// @param places nodes of the bucket
  /// @param blocks addresses of the blocks
  /// @param bytes of each block
  /// @param blockCount blocks
  void group(int places, long[] blocks, int[] bytes, int blockCount) {
    Arrays.fill(counts, 0, places, 0);
    for (int block = 0; block < blockCount; block++) {
      long end = blocks[block] + bytes[block];
      for (long record = blocks[block]; record < end; ) {
        int header = Records.header(record);
        counts[Records.place(header)]++;
        record += Records.bytes(Records.count(header));
      }
    }
    int total = 0;
    for (int place = 0; place < places; place++) {
      starts[place] = total;
      total = Math.addExact(total, counts[place]);
    }
    starts[places] = total;
    ensure(total);
    System.arraycopy(starts, 0, counts, 0, places);
    long base = addresses.address();
    for (int block = 0; block < blockCount; block++) {
      long end = blocks[block] + bytes[block];
      for (long record = blocks[block]; record < end; ) {
        int header = Records.header(record);
        long slot = base + (long) counts[Records.place(header)]++ * Long.BYTES;
        NativeMemory.ALL.set(NativeMemory.LONG, slot, record);
        record += Records.bytes(Records.count(header));
      }
    }
  }

  /// Whether a node has no record.
  boolean isEmpty(int place) {
    return starts[place] == starts[place + 1];
  }

  /// Puts every candidate of a node into `nearest`, which it empties first.
  void collect(int place, NearestDistinct nearest) {
    nearest.clear();
    long at = addresses.address() + (long) starts[place] * Long.BYTES;
    for (int i = starts[place]; i < starts[place + 1]; i++, at += Long.BYTES) {
      long record = NativeMemory.ALL.get(NativeMemory.LONG, at);
      int count = Records.count(Records.header(record));
      for (int entry = 0; entry < count; entry++) {
        nearest.add(Records.entry(record, entry));
      }
    }
  }

  private void ensure(int total) {
    long needed = Math.max(1, (long) total * Long.BYTES);
    if (addresses.byteSize() < needed) {
      addresses = Arena.ofAuto().allocate(needed + needed / 4, Long.BYTES);
    }
  }
}
