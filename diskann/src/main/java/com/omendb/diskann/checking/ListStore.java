package com.omendb.diskann.checking;

import com.omendb.pagecache.memory.AlignedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// The lists of neighbours of all pages as they are in the pages, so that the graph can be walked
/// without reading them again. Thread-safe.
final class ListStore {
  /// What the codec may read in front of a list.
  private static final int LEAD_BYTES = 64;

  private final MemorySegment memory;
  private final AtomicLong next = new AtomicLong(LEAD_BYTES);

  ListStore(long listBytes, Arena arena) {
    memory = AlignedMemory.allocate(arena, bytes(listBytes), 64);
  }

  static long bytes(long listBytes) {
    return listBytes + LEAD_BYTES;
  }

  /// Copies the lists of a page and returns where they are.
  long add(MemorySegment lists, long bytes) {
    long at = next.getAndAdd(bytes);
    MemorySegment.copy(lists, 0, memory, at, bytes);
    return at;
  }

  /// Native address of what [#add] returned.
  long address(long at) {
    return memory.address() + at;
  }

  /// Native address behind all lists.
  long end() {
    return memory.address() + next.get();
  }
}
