package com.omendb.pagecache.memory;

import com.omendb.pagecache.linux.LinuxCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Native memory that direct reads and writes accept.
public final class AlignedMemory {
  /// The alignment that direct I/O needs on every file system that we know of.
  public static final int DIRECT_ALIGNMENT = 4096;

  /// From here on a mapping of its own is worth its cost.
  private static final long MAPPED_BYTES = 1 << 20;

  private AlignedMemory() {}

  /// Zeroed native memory at an address that is a multiple of `alignment`, a power of two.
  ///
  /// On Linux, large memory becomes resident only as it is touched, and is not counted against
  /// `-XX:MaxDirectMemorySize`, which bounds what arenas allocate otherwise.
  public static MemorySegment allocate(Arena arena, long bytes, long alignment) {
    if (arena instanceof ScratchArena) {
      return arena.allocate(bytes, alignment);
    }
    boolean mapped =
        bytes >= MAPPED_BYTES
            && alignment <= DIRECT_ALIGNMENT
            && LinuxCalls.unavailableReason() == null;
    return mapped ? LinuxCalls.mapAnonymous(bytes, arena) : arena.allocate(bytes, alignment);
  }

  /// Zeroed native memory for `count` pages, aligned for direct I/O.
  public static MemorySegment allocatePages(Arena arena, int count, int pageBytes) {
    return allocate(arena, (long) count * pageBytes, DIRECT_ALIGNMENT);
  }
}
