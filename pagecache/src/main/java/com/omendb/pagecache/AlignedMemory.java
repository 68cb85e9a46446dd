package com.omendb.pagecache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Native memory that direct reads and writes accept.
public final class AlignedMemory {
  /// The alignment that direct I/O needs on every file system that we know of.
  public static final int DIRECT_ALIGNMENT = 4096;

  private AlignedMemory() {}

  /// Zeroed native memory at an address that is a multiple of `alignment`, a power of two.
  public static MemorySegment allocate(Arena arena, long bytes, long alignment) {
    return arena.allocate(bytes, alignment);
  }

  /// Zeroed native memory for `count` pages, aligned for direct I/O.
  public static MemorySegment allocatePages(Arena arena, int count, int pageBytes) {
    return arena.allocate((long) count * pageBytes, DIRECT_ALIGNMENT);
  }
}
