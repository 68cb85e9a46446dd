package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The contract on io_uring, where the kernel lets us, and reads into memory that the ring knows:
/// they bring the same pages as reads into any other.
class UringPageReaderTest extends PageReaderContract {
  @Override
  OpenedSource open(Path path) throws IOException {
    return openRing(path, true);
  }

  static OpenedSource openRing(Path path, boolean direct) throws IOException {
    OpenedSource best = OpenedSource.open(path, direct, null);
    best.source().close();
    assumeTrue(best.engine() == PageReaderKind.IO_URING, "no io_uring for this directory");
    OpenedSource forced = OpenedSource.open(path, direct, PageReaderKind.IO_URING);
    assertEquals(PageReaderKind.IO_URING, forced.engine());
    assertEquals(best.direct(), forced.direct());
    return forced;
  }

  @Test
  void takesMoreReadsThanTheRingHasEntries() throws IOException {
    int count = 3 * UringPageReader.MAX_RING_ENTRIES;
    Path pages = TestPages.write(directory.resolve("many"), count, 4096);
    try (Arena arena = Arena.ofShared();
        PageFile file = openFile(pages);
        PageReader reader = file.newReader(count)) {
      MemorySegment frames = AlignedMemory.allocatePages(arena, count, 4096);
      for (int page = 0; page < count; page++) {
        reader.submit(page, frames.asSlice(page * 4096L, 4096), page);
      }
      assertEquals(count, TestPages.await(reader, count, new int[count]));
      for (int page = 0; page < count; page++) {
        TestPages.check(frames.asSlice(page * 4096L, 4096), page);
      }
    }
  }

  @Test
  void readsIntoMemoryThatTheRingKnowsAndBesideIt() throws IOException {
    for (int pageBytes : new int[] {4096, 12288}) {
      Path pages = TestPages.write(directory.resolve("known" + pageBytes), 150, pageBytes);
      try (Arena arena = Arena.ofShared();
          PageFile file = openFile(pages)) {
        MemorySegment memory = AlignedMemory.allocatePages(arena, 150, pageBytes);
        // All but the ends, so that there is memory on both sides; in pieces, the last a short one.
        MemorySegment known = memory.asSlice(3L * pageBytes, 140L * pageBytes);
        try (PageReader reader = file.newReader(32, known)) {
          readAll(reader, memory, pageBytes);
          readAll(reader, memory, pageBytes);
        }
      }
    }
  }

  private static void readAll(PageReader reader, MemorySegment memory, int pageBytes)
      throws IOException {
    memory.fill((byte) 0);
    int[] tags = new int[32];
    for (int page = 0; page < 150; page++) {
      if (reader.inFlight() == 32) {
        TestPages.await(reader, 1, tags);
      }
      reader.submit(page, memory.asSlice((long) page * pageBytes, pageBytes), page);
    }
    TestPages.await(reader, reader.inFlight(), tags);
    for (int page = 0; page < 150; page++) {
      TestPages.check(memory.asSlice((long) page * pageBytes, pageBytes), page);
    }
  }

  @Test
  void doesWithoutMemoryThatTheKernelWillNotHold() throws IOException {
    Path pages = TestPages.write(directory.resolve("refused"), 4, 4096);
    try (Arena arena = Arena.ofShared();
        PageFile file = openFile(pages);
        FileChannel channel = FileChannel.open(pages)) {
      MemorySegment frame = AlignedMemory.allocatePages(arena, 1, 4096);
      // Nothing may be read into this mapping, so the kernel refuses to hold it for reads.
      MemorySegment unwritable =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      try (PageReader reader = file.newReader(2, unwritable)) {
        int[] tags = new int[2];
        IOException[] failures = new IOException[2];
        reader.submit(1, unwritable.asSlice(4096, 4096), 0);
        reader.submit(1, frame, 1);
        assertEquals(2, reader.await(2, tags, failures));
        assertNotNull(failures[tags[0] == 0 ? 0 : 1]);
        TestPages.check(frame, 1);
      }
      // More than can be told to a ring at all.
      try (PageReader reader = file.newReader(1, frame.reinterpret(1L << 46))) {
        reader.submit(2, frame, 0);
        assertEquals(1, TestPages.await(reader, 1, new int[1]));
        TestPages.check(frame, 2);
      }
    }
  }
}
