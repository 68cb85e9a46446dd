package com.omendb.diskann.leaf;

import java.util.Arrays;

/// The records of one range of nodes: chunks in memory and extents in the scratch file. Guarded by
/// its own lock while sinks are open; then by one reader at a time.
final class Bucket {
  private long[] chunks = new long[4];
  private int[] bytes = new int[4];
  private int chunkCount;
  private long[] extentOffsets = new long[0];
  private int[] extentBytes = new int[0];
  private int extentCount;

  void add(long chunk, int usedBytes) {
    if (chunkCount == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunkCount * 2);
      bytes = Arrays.copyOf(bytes, chunkCount * 2);
    }
    chunks[chunkCount] = chunk;
    bytes[chunkCount++] = usedBytes;
  }

  int chunkCount() {
    return chunkCount;
  }

  /// Addresses of the chunks, of which there are [#chunkCount]. Not a copy.
  long[] chunks() {
    return chunks;
  }

  /// Bytes used of each chunk. Not a copy.
  int[] bytes() {
    return bytes;
  }

  int extentCount() {
    return extentCount;
  }

  long extentOffset(int extent) {
    return extentOffsets[extent];
  }

  int extentBytes(int extent) {
    return extentBytes[extent];
  }

  /// Takes over the chunks of another bucket in place of its own.
  void replaceBy(Bucket other, ChunkPool pool) {
    release(pool);
    chunks = other.chunks;
    bytes = other.bytes;
    chunkCount = other.chunkCount;
  }

  /// Moves all chunks to the scratch file.
  void spill(SpillFile file, ChunkPool pool) {
    int needed = extentCount + chunkCount;
    if (needed > extentOffsets.length) {
      extentOffsets = Arrays.copyOf(extentOffsets, needed * 2);
      extentBytes = Arrays.copyOf(extentBytes, needed * 2);
    }
    for (int i = 0; i < chunkCount; i++) {
      extentOffsets[extentCount] = file.append(chunks[i], bytes[i]);
      extentBytes[extentCount++] = bytes[i];
    }
    release(pool);
  }

  /// Gives the chunks back.
  void release(ChunkPool pool) {
    for (int i = 0; i < chunkCount; i++) {
      pool.give(chunks[i]);
    }
    chunkCount = 0;
  }
}
