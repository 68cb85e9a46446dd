package com.omendb.pagecache.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.testing.TestPages;
import com.omendb.vectors.testing.Fuzz;
import com.omendb.vectors.testing.Mender;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged headers, segment files and page files. Invariants: what is accepted is whole, says of
/// itself what its length allows, and can be read to its end; anything else is a typed exception.
class HeaderFuzzTest {
  private static final String MAGIC = "OMENTEST";
  private static final UUID ID = new UUID(0x0123456789abcdefL, 0x8edcba9876543210L);

  @TempDir Path folder;

  @Test
  void headers() {
    Path path = Path.of("header");
    Fuzz.of("file-header", 201)
        .from(
            new FileHeader(MAGIC, 2, ID, 0, 5000, 17, new long[] {1, 2, 3}).encode(),
            new FileHeader(MAGIC, 1, ID, 8192, 81_920, 0, new long[32]).encode())
        .mending(Mender::header)
        .run(
            3_000,
            input -> {
              MemorySegment bytes = MemorySegment.ofArray(Arrays.copyOf(input, FileHeader.BYTES));
              FileHeader header = FileHeader.decode(bytes, path, MAGIC, 1, 2);
              assertEquals(
                  -1, Arrays.mismatch(header.encode(), bytes.toArray(ValueLayout.JAVA_BYTE)));
              assertTrue(header.pageCount() >= 0 && header.payloadBytes() >= 0);
            });
  }

  @Test
  void segmentFiles() throws Exception {
    Path path = folder.resolve("segment");
    SegmentFile.write(
        Storage.disk().file(path),
        MAGIC,
        2,
        ID,
        new long[] {9, 8},
        MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5}));
    byte[] whole = Files.readAllBytes(path);
    Fuzz.of("segment-file", 202)
        .from(whole, Mender.segment(Arrays.copyOf(whole, 9000)))
        .mending(Mender::segment)
        .run(
            300,
            input -> {
              Files.delete(path);
              Files.write(path, input);
              try (Arena arena = Arena.ofConfined()) {
                SegmentFile.Content content = SegmentFile.read(path, MAGIC, 1, 2, arena);
                assertEquals(input.length - FileHeader.BYTES, content.payload().byteSize());
                assertEquals(
                    -1,
                    content
                        .payload()
                        .mismatch(MemorySegment.ofArray(input).asSlice(FileHeader.BYTES)));
              }
            });
  }

  @Test
  void pageFiles() throws Exception {
    Path path = folder.resolve("pages");
    byte[] whole = Files.readAllBytes(TestPages.write(path, 3, 4096));
    byte[] large = Files.readAllBytes(TestPages.write(folder.resolve("large"), 2, 8192));
    Fuzz.of("page-file", 203)
        .from(whole, large)
        .mending(Mender::pages)
        .run(
            200,
            input -> {
              Files.delete(path);
              Files.write(path, input);
              try (PageFile pages =
                      PageFile.open(path, MAGIC, 1, TestPages.VERSION, false, "pread");
                  Arena arena = Arena.ofShared();
                  PageReader reader = pages.newReader(1)) {
                assertEquals(input.length, (pages.pageCount() + 1) * pages.pageBytes());
                MemorySegment frame = AlignedMemory.allocatePages(arena, 1, pages.pageBytes());
                IOException[] failures = new IOException[1];
                for (long page = 0; page < pages.pageCount(); page++) {
                  reader.submit(page, frame, 0);
                  reader.await(1, new int[1], failures);
                  if (failures[0] != null) {
                    throw failures[0];
                  }
                }
              }
            });
  }
}
