package com.omendb.pagecache.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.pagecache.file.Crc32c;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.memory.ProcessMemory;
import com.omendb.vectors.testing.Seeds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// Checksums, aligned memory and what the system tells of memory. Invariants: the checksum is the
/// same from every kind of memory; memory is aligned and zeroed; mapped memory costs nothing until
/// touched and is given back when its arena closes.
class NativeMemoryTest {
  private static final long MAPPED_BYTES = 256L << 20;

  @Test
  void checksumsAreThoseOfTheStandard() {
    byte[] nine = "123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertEquals(0xe3069283, Crc32c.of(MemorySegment.ofArray(nine), 0, 9));
    assertEquals(0, Crc32c.of(MemorySegment.ofArray(nine), 3, 0));
  }

  @Test
  void checksumsAreTheSameFromEveryMemory() {
    SplittableRandom random = Seeds.random("checksumsAreTheSameFromEveryMemory", 3);
    try (Arena arena = Arena.ofConfined()) {
      for (int bytes : new int[] {1, 7, 8, 4092, 16383, 16384, 16385, 100_003}) {
        byte[] content = new byte[bytes + 5];
        random.nextBytes(content);
        CRC32C expected = new CRC32C();
        expected.update(content, 5, bytes);
        MemorySegment heap = MemorySegment.ofArray(content);
        MemorySegment nativeCopy = arena.allocate(content.length).copyFrom(heap);
        assertEquals((int) expected.getValue(), Crc32c.of(heap, 5, bytes));
        assertEquals((int) expected.getValue(), Crc32c.of(heap.asReadOnly(), 5, bytes));
        assertEquals((int) expected.getValue(), Crc32c.of(nativeCopy, 5, bytes));
        assertThrows(IndexOutOfBoundsException.class, () -> Crc32c.of(nativeCopy, 6, bytes));
      }
    }
  }

  @Test
  void memoryIsAlignedAndZeroed() {
    try (Arena arena = Arena.ofConfined()) {
      for (long bytes : new long[] {1, 4096, 5000, 1 << 20, (1 << 20) + 1, 10_000_000}) {
        MemorySegment memory = AlignedMemory.allocate(arena, bytes, 4096);
        assertEquals(0, memory.address() % 4096);
        assertEquals(bytes, memory.byteSize());
        assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, bytes - 1));
        memory.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 1);
      }
    }
  }

  @Test
  void largeMemoryIsResidentOnlyWhereTouched() {
    long before = ProcessMemory.residentBytes();
    assumeTrue(before > 0, "the system does not tell resident memory");
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = AlignedMemory.allocate(arena, MAPPED_BYTES, 4096);
      long untouched = ProcessMemory.residentBytes() - before;
      assertTrue(untouched < MAPPED_BYTES / 2, "resident untouched: " + untouched);
      memory.fill((byte) 1);
      long touched = ProcessMemory.residentBytes() - before;
      assertTrue(touched > MAPPED_BYTES / 2, "resident touched: " + touched);
      assertTrue(ProcessMemory.peakResidentBytes() >= before + MAPPED_BYTES / 2);
    }
    long after = ProcessMemory.residentBytes() - before;
    assertTrue(after < MAPPED_BYTES / 2, "resident after closing: " + after);
    if (ProcessMemory.resetPeak()) {
      assertTrue(ProcessMemory.peakResidentBytes() < before + MAPPED_BYTES);
    }
  }
}
