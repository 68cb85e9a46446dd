package com.omendb.pagecache.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.MemoryBudgetException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Invariants: what is reserved never exceeds the total; reserved and free add up to it; a refusal
/// names the smallest budget that works, and that one does work.
class MemoryBudgetTest {
  @Test
  void countsWhatIsReservedForWhat() {
    MemoryBudget budget = new MemoryBudget(100);
    budget.reserve("codes", 30);
    budget.reserve("frames", 50);
    budget.reserve("codes", 5);
    assertEquals(85, budget.reservedBytes());
    assertEquals(15, budget.freeBytes());
    assertEquals(Map.of("codes", 35L, "frames", 50L), budget.reservedByPurpose());
    assertEquals(List.of("codes", "frames"), List.copyOf(budget.reservedByPurpose().keySet()));
  }

  @Test
  void refusesWithTheSmallestThatWorks() {
    MemoryBudget budget = new MemoryBudget(5_000_000);
    budget.reserve("codes", 4_000_000);
    MemoryBudgetException e =
        assertThrows(MemoryBudgetException.class, () -> budget.reserve("frames", 1_000_001));
    assertEquals(5_000_001, e.smallestBudgetBytes());
    assertEquals(
        "no room for frames: the smallest memory budget that works is 5000001 bytes (6 MB),"
            + " given totalBytes=5000000",
        e.getMessage());
    assertEquals(
        "too small: the smallest memory budget that works is 534001 bytes (535 kB),"
            + " given totalBytes=100000",
        new MemoryBudgetException("too small", 534_001, 100_000).getMessage());
    assertEquals(4_000_000, budget.reservedBytes());
    MemoryBudget enough = new MemoryBudget(e.smallestBudgetBytes());
    enough.reserve("codes", 4_000_000);
    enough.reserve("frames", 1_000_001);
    assertEquals(0, enough.freeBytes());
  }

  @Test
  void refusesNegativeAndImmenseNumbers() {
    assertThrows(IllegalArgumentException.class, () -> new MemoryBudget(-1));
    MemoryBudget budget = new MemoryBudget(10);
    assertThrows(IllegalArgumentException.class, () -> budget.reserve("frames", -1));
    budget.reserve("codes", 10);
    MemoryBudgetException e =
        assertThrows(MemoryBudgetException.class, () -> budget.reserve("x", Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, e.smallestBudgetBytes());
  }

  @Test
  void staysWithinTheTotalUnderConcurrency() throws Exception {
    MemoryBudget budget = new MemoryBudget(1000);
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<? extends Future<?>> workers =
          IntStream.range(0, 4).mapToObj(_ -> executor.submit(() -> reserveOften(budget))).toList();
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    assertEquals(1000, budget.reservedBytes());
    assertEquals(Map.of("frames", 1000L), budget.reservedByPurpose());
  }

  private static void reserveOften(MemoryBudget budget) {
    for (int i = 0; i < 5_000; i++) {
      try {
        budget.reserve("frames", 1);
        assertTrue(budget.reservedBytes() <= 1000);
      } catch (MemoryBudgetException e) {
        assertEquals(1001, e.smallestBudgetBytes());
      }
    }
  }
}
