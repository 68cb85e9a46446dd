package com.omendb.pagecache.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.file.PageWriter;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.read.PageReader;
import com.omendb.pagecache.storage.Storage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.UUID;

/// Page files whose every page tells its own number, and the check of such a page.
public final class TestPages {
  public static final String MAGIC = "OMENTEST";
  public static final int VERSION = 3;
  public static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");
  public static final int PAGE_BYTES = 4096;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private TestPages() {}

  /// Writes a file of so many pages; page i holds numbers derived from i.
  public static Path write(Path path, int pageCount, int pageBytes) throws IOException {
    try (PageWriter writer =
        new PageWriter(Storage.disk().file(path), MAGIC, VERSION, INDEX_ID, pageBytes)) {
      for (int i = 0; i < pageCount; i++) {
        fill(writer.page(), i);
        writer.write();
      }
      writer.finish(new long[] {pageCount, -1});
    }
    return path;
  }

  public static PageFile open(Path path) throws IOException {
    return PageFile.open(path, MAGIC, 1, VERSION, true);
  }

  public static void fill(MemorySegment page, int number) {
    for (long offset = PageHeader.BYTES; offset < page.byteSize(); offset += Long.BYTES) {
      page.set(LONG, offset, content(number, offset));
    }
  }

  /// Fails unless the memory is page `number`, in its first and last bytes and checksum.
  public static void check(MemorySegment page, int number) throws IOException {
    PageHeader.verify(page, Path.of("frame"), number);
    assertEquals(content(number, 8), page.get(LONG, 8));
    long last = page.byteSize() - Long.BYTES;
    assertEquals(content(number, last), page.get(LONG, last));
  }

  /// Damages a page of the file, or undoes it.
  public static void flip(Path path, int page) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      bytes.seek((page + 1L) * PAGE_BYTES + 77);
      int value = bytes.read();
      bytes.seek((page + 1L) * PAGE_BYTES + 77);
      bytes.write(value ^ 1);
      bytes.getFD().sync();
    }
  }

  /// Awaits reads that must not fail: the first failure is thrown.
  public static int await(PageReader reader, int minCompletions, int[] tags) throws IOException {
    IOException[] failures = new IOException[tags.length];
    int count = reader.await(minCompletions, tags, failures);
    for (int i = 0; i < count; i++) {
      if (failures[i] != null) {
        throw failures[i];
      }
    }
    return count;
  }

  public static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  private static long content(int number, long offset) {
    return (number * 0x9E3779B97F4A7C15L) ^ (offset * 0xC2B2AE3D27D4EB4FL);
  }
}
