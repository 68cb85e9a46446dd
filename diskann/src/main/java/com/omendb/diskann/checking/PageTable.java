package com.omendb.diskann.checking;

import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What the pages say of which nodes they hold, and where their lists were put. Each page is set by
/// one thread and read after all were set.
final class PageTable {
  private static final int ENTRY_BYTES = 16;
  private static final int END_OFFSET = 4;
  private static final int LISTS_OFFSET = 8;

  private final int pageCount;
  private final MemorySegment entries;

  PageTable(int pageCount, Arena arena) {
    this.pageCount = pageCount;
    this.entries = AlignedMemory.allocate(arena, bytes(pageCount), 64);
  }

  static long bytes(long pageCount) {
    return pageCount * ENTRY_BYTES;
  }

  int pageCount() {
    return pageCount;
  }

  /// Notes a sound page.
  ///
  /// @param lists where the lists of its nodes were put
  void set(int page, int firstNode, int end, long lists) {
    long at = (long) page * ENTRY_BYTES;
    entries.set(NativeMemory.INT, at, firstNode);
    entries.set(NativeMemory.INT, at + END_OFFSET, end);
    entries.set(NativeMemory.LONG, at + LISTS_OFFSET, lists);
  }

  /// The first node of a page.
  int firstNode(int page) {
    return entries.get(NativeMemory.INT, (long) page * ENTRY_BYTES);
  }

  /// One more than the last node of a page; 0 if the page is damaged.
  int end(int page) {
    return entries.get(NativeMemory.INT, (long) page * ENTRY_BYTES + END_OFFSET);
  }

  /// Where the lists of a page were put.
  long lists(int page) {
    return entries.get(NativeMemory.LONG, (long) page * ENTRY_BYTES + LISTS_OFFSET);
  }
}
