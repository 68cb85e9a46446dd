package com.omendb.pagecache.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: what is read is what was written, whatever memory it came from; a file that is cut,
/// extended, flipped, unfinished or of another kind is refused.
class SegmentFileTest {
  private static final String MAGIC = "OMENFLAT";
  private static final UUID ID = new UUID(1, 2);

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("flat");
  }

  @Test
  void mapsWhatWasWrittenFromAnyMemory() throws IOException {
    SplittableRandom random = Seeds.random("mapsWhatWasWrittenFromAnyMemory", 5);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nativePart = arena.allocate(123_457);
      for (long i = 0; i < nativePart.byteSize(); i++) {
        nativePart.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
      MemorySegment longs = MemorySegment.ofArray(random.longs(20_000).toArray());
      MemorySegment bytes = MemorySegment.ofArray(new byte[] {1, 2, 3});
      MemorySegment empty = MemorySegment.ofArray(new int[0]);
      SegmentFile.write(
          Storage.disk().file(path), MAGIC, 1, ID, new long[] {9}, nativePart, empty, longs, bytes);

      SegmentFile.Content content = SegmentFile.read(path, MAGIC, 1, 1, arena);
      MemorySegment payload = content.payload();
      long first = nativePart.byteSize();
      long second = first + longs.byteSize();
      assertEquals(second + 3, payload.byteSize());
      assertEquals(-1, payload.asSlice(0, first).mismatch(nativePart));
      assertEquals(-1, payload.asSlice(first, longs.byteSize()).mismatch(longs));
      assertEquals(-1, payload.asSlice(second).mismatch(bytes));
      assertTrue(payload.isReadOnly());
      assertEquals(ID, content.header().indexId());
      assertArrayEquals(new long[] {9}, content.header().fields());
    }
  }

  @Test
  void holdsAnEmptyPayload() throws IOException {
    SegmentFile.write(Storage.disk().file(path), MAGIC, 1, ID, new long[0]);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(0, SegmentFile.read(path, MAGIC, 1, 1, arena).payload().byteSize());
    }
  }

  @Test
  void refusesEveryLengthButItsOwn() throws IOException {
    byte[] whole = writeSample();
    for (int length : new int[] {0, 1, 4095, 4096, 4097, whole.length - 1, whole.length + 1}) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThrows(CorruptFileException.class, this::map, "length " + length);
    }
    Files.write(path, whole);
    map();
  }

  @Test
  void refusesFlippedBits() throws IOException {
    byte[] whole = writeSample();
    for (int i = 0; i < whole.length; i += i < 64 ? 1 : 97) {
      byte[] broken = whole.clone();
      broken[i] ^= 0x10;
      Files.write(path, broken);
      assertThrows(CorruptFileException.class, this::map, "byte " + i);
    }
    byte[] broken = whole.clone();
    broken[whole.length - 1] ^= 1;
    Files.write(path, broken);
    CorruptFileException e = assertThrows(CorruptFileException.class, this::map);
    assertTrue(
        TestPages.message(e).startsWith("payload checksum differs: path=" + path + ", offset=4096"),
        TestPages.message(e));
  }

  @Test
  void refusesAnUnfinishedFile() throws IOException {
    byte[] whole = writeSample();
    Arrays.fill(whole, 0, FileHeader.BYTES, (byte) 0);
    Files.write(path, whole);
    assertThrows(CorruptFileException.class, this::map);
  }

  @Test
  void refusesOtherVersionsAndPageFiles() throws IOException {
    writeSample();
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(
          UnsupportedFormatException.class, () -> SegmentFile.read(path, MAGIC, 2, 3, arena));
      Path pages = TestPages.write(directory.resolve("pages"), 2, TestPages.PAGE_BYTES);
      assertThrows(
          CorruptFileException.class, () -> SegmentFile.read(pages, TestPages.MAGIC, 1, 9, arena));
      assertThrows(
          CorruptFileException.class, () -> PageFile.open(path, MAGIC, 1, 1, true).close());
      assertThrows(
          NoSuchFileException.class,
          () -> SegmentFile.read(directory.resolve("none"), MAGIC, 1, 1, arena));
    }
  }

  @Test
  void doesNotOverwrite() throws IOException {
    writeSample();
    assertThrows(FileAlreadyExistsException.class, this::writeSample);
    map();
  }

  private byte[] writeSample() throws IOException {
    byte[] payload = new byte[3000];
    Arrays.fill(payload, (byte) 42);
    SegmentFile.write(
        Storage.disk().file(path), MAGIC, 1, ID, new long[] {3000}, MemorySegment.ofArray(payload));
    return Files.readAllBytes(path);
  }

  private void map() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SegmentFile.read(path, MAGIC, 1, 1, arena);
    }
  }
}
