package com.omendb.diskann.leaf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// All records of a bucket in memory: its chunks where they are, its extents read from the scratch
/// file. Reused from bucket to bucket by one thread.
final class BucketMemory {
  private MemorySegment spilled = MemorySegment.NULL;
  private long[] blocks = new long[0];
  private int[] bytes = new int[0];
  private int blockCount;

  void load(Bucket bucket, SpillFile file) {
    blockCount = bucket.chunkCount() + bucket.extentCount();
    if (blockCount > blocks.length) {
      blocks = new long[blockCount * 2];
      bytes = new int[blockCount * 2];
    }
    System.arraycopy(bucket.chunks(), 0, blocks, 0, bucket.chunkCount());
    System.arraycopy(bucket.bytes(), 0, bytes, 0, bucket.chunkCount());
    long needed = Records.OVERHANG_BYTES;
    for (int i = 0; i < bucket.extentCount(); i++) {
      needed += bucket.extentBytes(i);
    }
    if (spilled.byteSize() < needed) {
      spilled = Arena.ofAuto().allocate(needed + needed / 8, Long.BYTES);
    }
    long at = spilled.address();
    for (int i = 0; i < bucket.extentCount(); i++) {
      file.read(bucket.extentOffset(i), at, bucket.extentBytes(i));
      blocks[bucket.chunkCount() + i] = at;
      bytes[bucket.chunkCount() + i] = bucket.extentBytes(i);
      at += bucket.extentBytes(i);
    }
  }

  int blockCount() {
    return blockCount;
  }

  long[] blocks() {
    return blocks;
  }

  int[] bytes() {
    return bytes;
  }
}
