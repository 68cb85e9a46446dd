package com.omendb.store.checking;

import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.memory.AlignedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What a full check does with its memory: buffers of the workers and tables that it cannot do
/// without, then as much of the index as fits, so that nothing is read twice.
public final class CheckMemory {
  private static final int MAX_CHUNK_BYTES = 1 << 22;
  private static final int MIN_CHUNK_BYTES = 1 << 18;

  /// Bytes beside a chunk that a worker has for pieces of files, vectors and codes.
  static final int SCRATCH_BYTES = 5 << 19;

  private final long budgetBytes;
  private final int threads;
  private final int chunkBytes;
  private final MemorySegment[] chunks;
  private final MemorySegment[] scratches;
  private long usedBytes;

  /// @param pageBytes of the pages of the index, which chunks are a multiple of
  /// @param tableBytes what is needed beside the buffers
  /// @throws MemoryBudgetException if that does not fit
  public CheckMemory(long budgetBytes, int threads, int pageBytes, long tableBytes, Arena arena) {
    this.budgetBytes = budgetBytes;
    this.threads = threads;
    long room = (budgetBytes - tableBytes) / threads;
    long chunk =
        Math.clamp(Math.min(room / 2, room - SCRATCH_BYTES), MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
    this.chunkBytes = (int) (chunk / pageBytes * pageBytes);
    this.usedBytes = tableBytes + (long) threads * (chunkBytes + SCRATCH_BYTES);
    if (usedBytes > budgetBytes) {
      throw new MemoryBudgetException(
          "no room to check the index",
          tableBytes + (long) threads * (MIN_CHUNK_BYTES + SCRATCH_BYTES),
          budgetBytes);
    }
    this.chunks = allocate(chunkBytes, arena);
    this.scratches = allocate(SCRATCH_BYTES, arena);
  }

  private MemorySegment[] allocate(int bytes, Arena arena) {
    MemorySegment[] buffers = new MemorySegment[threads];
    for (int i = 0; i < threads; i++) {
      buffers[i] = AlignedMemory.allocate(arena, bytes, AlignedMemory.DIRECT_ALIGNMENT);
    }
    return buffers;
  }

  public int threads() {
    return threads;
  }

  public int chunkBytes() {
    return chunkBytes;
  }

  public MemorySegment chunk(int worker) {
    return chunks[worker];
  }

  public MemorySegment scratch(int worker) {
    return scratches[worker];
  }

  /// Takes bytes of the budget if they are left.
  public boolean take(long bytes) {
    if (bytes > budgetBytes - usedBytes) {
      return false;
    }
    usedBytes += bytes;
    return true;
  }

  /// What is left.
  public long freeBytes() {
    return budgetBytes - usedBytes;
  }

  /// Gives bytes back that were taken.
  public void giveBack(long bytes) {
    usedBytes -= bytes;
  }
}
