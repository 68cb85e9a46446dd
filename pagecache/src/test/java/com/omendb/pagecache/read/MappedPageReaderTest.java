package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.testing.TestPages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The contract on mapped reads, and what must not end the JVM: a file that loses its pages while
/// it is mapped.
class MappedPageReaderTest extends PageReaderContract {
  private static final int PAGES = 64;

  @Override
  OpenedSource open(Path path) throws IOException {
    return OpenedSource.open(path, true, PageReaderKind.MAPPED);
  }

  @Test
  void pagesThatAreCutOffFailAndTheOthersDoNot() throws IOException {
    Path path = TestPages.write(directory.resolve("cut"), PAGES, 4096);
    try (Arena arena = Arena.ofShared();
        PageFile file = openFile(path);
        PageReader reader = file.newReader(PAGES);
        RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      MemorySegment frames = AlignedMemory.allocatePages(arena, PAGES, 4096);
      int[] tags = new int[PAGES];
      IOException[] failures = new IOException[PAGES];
      // Often, so that compiled code meets the loss as well as interpreted code.
      for (int round = 0; round < 300; round++) {
        int left = round % (PAGES + 1);
        bytes.setLength((1 + left) * 4096L);
        for (int page = 0; page < PAGES; page++) {
          reader.submit(page, frames.asSlice(page * 4096L, 4096), page);
        }
        assertEquals(PAGES, reader.await(PAGES, tags, failures));
        for (int i = 0; i < PAGES; i++) {
          MemorySegment frame = frames.asSlice(tags[i] * 4096L, 4096);
          if (tags[i] >= left) {
            assertInstanceOf(CorruptFileException.class, failures[i]);
            continue;
          }
          assertNull(failures[i]);
          TestPages.check(frame, tags[i]);
        }
        restore(bytes, left);
      }
    }
  }

  /// Puts back the pages from number `left` on.
  private static void restore(RandomAccessFile bytes, int left) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(4096, 4096);
      for (int number = left; number < PAGES; number++) {
        TestPages.fill(page, number);
        PageHeader.seal(page, number);
        bytes.seek((1 + number) * 4096L);
        bytes.write(page.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      }
    }
  }
}
