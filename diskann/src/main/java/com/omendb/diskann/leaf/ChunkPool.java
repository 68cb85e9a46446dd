package com.omendb.diskann.leaf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Chunks of native memory of one size that are taken, given back and taken again.
///
/// Memory comes from the arena in slabs, so that a pool holds little more than was ever in use at
/// one time. Thread-safe.
final class ChunkPool {
  private static final long SLAB_BYTES = 4L << 20;
  private static final int ALIGNMENT = 64;

  private final Arena arena;
  private final int chunkBytes;
  private long[] free = new long[64];
  private int freeCount;
  private long slabAt;
  private long slabEnd;

  ChunkPool(Arena arena, int chunkBytes) {
    this.arena = arena;
    this.chunkBytes = chunkBytes;
  }

  int chunkBytes() {
    return chunkBytes;
  }

  /// The address of a chunk whose content is undefined.
  synchronized long take() {
    if (freeCount > 0) {
      return free[--freeCount];
    }
    if (slabEnd - slabAt < chunkBytes) {
      MemorySegment slab = arena.allocate(Math.max(chunkBytes, SLAB_BYTES), ALIGNMENT);
      slabAt = slab.address();
      slabEnd = slabAt + slab.byteSize();
    }
    long chunk = slabAt;
    slabAt += chunkBytes;
    return chunk;
  }

  synchronized void give(long chunk) {
    if (freeCount == free.length) {
      free = java.util.Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = chunk;
  }
}
