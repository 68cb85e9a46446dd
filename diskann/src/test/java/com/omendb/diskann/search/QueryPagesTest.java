package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Invariants: exactly the pages held last, up to the capacity, are found, each with its own bytes,
/// however the page in the cache changes afterwards; a cleared set holds nothing.
class QueryPagesTest {
  private static final int PAGE_BYTES = 4096;

  @Test
  void thePagesHeldLastAreFoundWithTheirBytes() {
    SplittableRandom random = Seeds.random("thePagesHeldLastAreFoundWithTheirBytes", 25);
    for (int capacity : new int[] {1, 2, 7, 128}) {
      try (Arena arena = Arena.ofConfined()) {
        QueryPages held = new QueryPages(capacity, PAGE_BYTES, arena);
        MemorySegment frame = arena.allocate(PAGE_BYTES, 64);
        for (int query = 0; query < 5; query++) {
          held.clear();
          ArrayDeque<Integer> expected = new ArrayDeque<>();
          int bound = random.nextBoolean() ? 3 * capacity : Integer.MAX_VALUE;
          for (int i = 0; i < 4 * capacity; i++) {
            int page = random.nextInt(bound);
            frame.fill((byte) page);
            frame.set(NativeMemory.INT, 0, page);
            if (!expected.contains(page)) {
              assertEquals(0, held.address(page));
              expected.addLast(page);
            }
            assertPage(page, held.hold(page, frame.address()));
            frame.fill((byte) 0);
            if (expected.size() > capacity) {
              assertEquals(0, held.address(expected.removeFirst()));
            }
            expected.forEach(each -> assertPage(each, held.address(each)));
          }
        }
      }
    }
  }

  private static void assertPage(int page, long address) {
    assertTrue(address != 0, "not held: page=" + page);
    assertEquals(page, NativeMemory.ALL.get(NativeMemory.INT, address));
    assertEquals((byte) page, NativeMemory.ALL.get(NativeMemory.BYTE, address + PAGE_BYTES - 1));
  }
}
