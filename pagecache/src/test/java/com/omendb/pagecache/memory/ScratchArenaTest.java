package com.omendb.pagecache.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.pagecache.linux.LinuxCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: what is written stays written, whatever is let go of; no file is left behind.
class ScratchArenaTest {
  private static final long BYTES = 48 << 20;

  @TempDir Path directory;

  @Test
  void whatWasWrittenIsThereAfterItWasLetGoOf() {
    try (ResidentLimit limit = new ResidentLimit(Long.MAX_VALUE);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      MemorySegment memory = fill(arena.allocate(BYTES + 12, 64));
      limit.release();
      assertFilled(memory);
    }
  }

  @Test
  void lettingGoTakesTheMemoryOutOfWhatIsResident() {
    assumeTrue(LinuxCalls.unavailableReason() == null);
    try (ResidentLimit limit = new ResidentLimit(Long.MAX_VALUE);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      fill(arena.allocate(BYTES, 64));
      long before = ProcessMemory.residentBytes();
      limit.release();
      long after = ProcessMemory.residentBytes();
      assertTrue(before - after > BYTES / 2, "before=" + before + ", after=" + after);
    }
  }

  @Test
  void overTheLimitFilesAreLetGoOfByThemselves() {
    assumeTrue(LinuxCalls.unavailableReason() == null);
    try (ResidentLimit limit = new ResidentLimit(1);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      MemorySegment memory = arena.allocate(BYTES, 64);
      long before = limit.releases();
      do {
        fill(memory);
      } while (limit.releases() < before + 3);
      assertFilled(memory);
    }
  }

  @Test
  void whoTouchesMuchLooksAtOnce() {
    assumeTrue(LinuxCalls.unavailableReason() == null);
    try (ResidentLimit limit = new ResidentLimit(1);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      MemorySegment memory = fill(arena.allocate(BYTES, 64));
      for (int i = 0; i < 100; i++) {
        long before = limit.releases();
        limit.touching(1_000);
        assertTrue(limit.releases() > before, "releases=" + before);
      }
      assertFilled(memory);
    }
  }

  @Test
  void newMemoryIsZeroAndTheDirectoryStaysEmpty() throws IOException {
    try (ResidentLimit limit = new ResidentLimit(Long.MAX_VALUE);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      MemorySegment large = arena.allocate(BYTES, 64);
      MemorySegment small = arena.allocate(100, 64);
      assertTrue(large.isMapped());
      assertFalse(small.isMapped());
      assertEquals(0, large.get(ValueLayout.JAVA_LONG, BYTES - 8));
      assertEquals(0, small.get(ValueLayout.JAVA_LONG, 0));
      try (Stream<Path> files = Files.list(directory)) {
        assertEquals(0, files.count());
      }
    }
  }

  @Test
  void alignedMemoryOfAScratchArenaIsInItsFiles() {
    try (ResidentLimit limit = new ResidentLimit(Long.MAX_VALUE);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      assertTrue(AlignedMemory.allocate(arena, BYTES, 64).isMapped());
    }
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedAndLeavesNothing() throws IOException {
    assumeTrue(LinuxCalls.unavailableReason() == null);
    try (ResidentLimit limit = new ResidentLimit(Long.MAX_VALUE);
        ScratchArena arena = new ScratchArena(directory, limit)) {
      UncheckedIOException refusal =
          assertThrows(UncheckedIOException.class, () -> arena.allocate(1L << 50, 64));
      assertTrue(String.valueOf(refusal.getMessage()).contains("bytes=" + (1L << 50)));
      try (Stream<Path> files = Files.list(directory)) {
        assertEquals(0, files.count());
      }
    }
  }

  @Test
  void closedMemoryIsNotTouchedByTheWatch() {
    try (ResidentLimit limit = new ResidentLimit(1)) {
      for (int i = 0; i < 20; i++) {
        try (ScratchArena arena = new ScratchArena(directory, limit)) {
          fill(arena.allocate(4 << 20, 64));
        }
        // Memory of others that may take the place of what was unmapped.
        try (Arena other = Arena.ofShared()) {
          MemorySegment memory = fill(AlignedMemory.allocate(other, 4 << 20, 64));
          limit.release();
          assertFilled(memory);
        }
      }
    }
  }

  @Test
  void onlyMappedFilesAreTakenIntoCare() {
    try (ResidentLimit limit = new ResidentLimit(Long.MAX_VALUE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment plain = arena.allocate(8192);
      assertThrows(IllegalArgumentException.class, () -> limit.add(plain));
    }
  }

  private static MemorySegment fill(MemorySegment memory) {
    for (long at = 0; at + 8 <= memory.byteSize(); at += 512) {
      memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, at * 31 + 7);
    }
    return memory;
  }

  private static void assertFilled(MemorySegment memory) {
    for (long at = 0; at + 8 <= memory.byteSize(); at += 512) {
      assertEquals(at * 31 + 7, memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
    }
  }
}
