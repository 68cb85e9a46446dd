package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: any range reads as it was written, aligned or not, direct or not; a range beyond the
/// end is an exception, also when the file became shorter after it was opened.
class FileScanTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 100_000})
  void everyRangeReadsAsItWasWritten(int size) throws IOException {
    SplittableRandom random = Seeds.random("everyRangeReadsAsItWasWritten", 52);
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Path file = Files.write(directory.resolve("file"), bytes);
    for (boolean direct : new boolean[] {true, false}) {
      try (FileScan scan = FileScan.open(file, direct);
          Arena arena = Arena.ofConfined()) {
        assertEquals(size, scan.size());
        MemorySegment memory = AlignedMemory.allocate(arena, 1 << 17, 4096);
        for (int round = 0; round < 100; round++) {
          int offset = random.nextInt(size);
          offset = random.nextBoolean() ? offset / 4096 * 4096 : offset;
          int length = random.nextInt(size - offset + 1);
          int at = random.nextBoolean() ? 0 : random.nextInt(4096);
          MemorySegment target = memory.asSlice(at, length);
          scan.read(target, offset);
          assertArrayEquals(
              Arrays.copyOfRange(bytes, offset, offset + length),
              target.toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  @Test
  void beyondTheEndNothingIsRead() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[20_000]);
    try (FileScan scan = FileScan.open(file, true);
        Arena arena = Arena.ofConfined()) {
      MemorySegment target = AlignedMemory.allocate(arena, 16_384, 4096);
      assertThrows(IOException.class, () -> scan.read(target, 8192));
      Files.write(file, new byte[100]);
      assertThrows(IOException.class, () -> scan.read(target, 0));
    }
    assertThrows(
        NoSuchFileException.class, () -> FileScan.open(directory.resolve("none"), true).close());
  }
}
