package com.omendb.diskann.search;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The pages that one query has read, copied out of the shared cache so that they stay for the
/// length of the query without holding the cache's frames. When full, the oldest gives way.
///
/// Copying a page costs a fraction of scoring it. Not thread-safe.
final class QueryPages {
  private final int capacity;
  private final int pageBytes;
  private final MemorySegment copies;
  private final int[] pages;
  // Open addressing: slot + 1 of a page, 0 where empty; four times as long as the slots.
  private final int[] table;
  private final int mask;
  private int count;
  private int oldest;

  QueryPages(int capacity, int pageBytes, Arena arena) {
    this.capacity = capacity;
    this.pageBytes = pageBytes;
    this.copies = arena.allocate((long) capacity * pageBytes, 64);
    this.pages = new int[capacity];
    this.table = new int[Integer.highestOneBit(capacity) * 4];
    this.mask = table.length - 1;
  }

  /// Bytes of `capacity` pages with their look-up.
  static long bytes(int capacity, int pageBytes) {
    return (long) capacity * (pageBytes + 5 * Integer.BYTES);
  }

  void clear() {
    Arrays.fill(table, 0);
    count = 0;
    oldest = 0;
  }

  /// Native address of the copy of a page, or 0 if it is not held.
  long address(int page) {
    int slot = table[find(page)] - 1;
    return slot < 0 ? 0 : copies.address() + (long) slot * pageBytes;
  }

  /// Copies the page at a native address, if it is not held already, and returns the address of the
  /// copy.
  long hold(int page, long address) {
    int at = find(page);
    if (table[at] == 0) {
      int slot = count < capacity ? count++ : giveUpOldest();
      pages[slot] = page;
      table[find(page)] = slot + 1;
      MemorySegment.copy(NativeMemory.ALL, address, copies, (long) slot * pageBytes, pageBytes);
    }
    return address(page);
  }

  private int giveUpOldest() {
    int slot = oldest;
    oldest = (oldest + 1) % capacity;
    // Removing from open addressing would leave holes, so the table is made anew without the page.
    Arrays.fill(table, 0);
    for (int i = 0; i < capacity; i++) {
      if (i != slot) {
        table[find(pages[i])] = i + 1;
      }
    }
    return slot;
  }

  private int find(int page) {
    int mixed = page * 0x9E3779B9;
    int at = (mixed ^ (mixed >>> 15)) & mask;
    while (table[at] != 0 && pages[table[at] - 1] != page) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
