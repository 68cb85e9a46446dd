package com.omendb.pagecache.file;

import com.omendb.errors.CorruptFileException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// The first bytes of every page of a page file, little-endian:
///
/// | Offset | Bytes | Content |
/// |---|---|---|
/// | 0 | 4 | CRC32C of bytes 4 to the page's end |
/// | 4 | 4 | page number |
public final class PageHeader {
  /// Bytes at the start of each page that belong to the page file.
  public static final int BYTES = 8;

  private static final int NUMBER_OFFSET = 4;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private PageHeader() {}

  /// Writes number and checksum of a page whose other bytes are final.
  ///
  /// @param page one whole page
  public static void seal(MemorySegment page, int pageNumber) {
    page.set(INT, NUMBER_OFFSET, pageNumber);
    page.set(INT, 0, Crc32c.of(page, NUMBER_OFFSET, page.byteSize() - NUMBER_OFFSET));
  }

  /// Checks the checksum and the number of a page that was just read.
  ///
  /// @param page one whole page
  /// @param path the file, for messages only
  /// @throws CorruptFileException when either differs
  public static void verify(MemorySegment page, Path path, long pageNumber)
      throws CorruptFileException {
    int stored = page.get(INT, 0);
    int crc = Crc32c.of(page, NUMBER_OFFSET, page.byteSize() - NUMBER_OFFSET);
    long offset = (pageNumber + 1) * page.byteSize();
    if (crc != stored) {
      throw new CorruptFileException(
          "page checksum differs",
          path,
          pageNumber,
          offset,
          FileHeader.hex(stored),
          FileHeader.hex(crc));
    }
    int number = page.get(INT, NUMBER_OFFSET);
    if (number != pageNumber) {
      throw new CorruptFileException(
          "another page than the one asked for",
          path,
          pageNumber,
          offset,
          "pageNumber=" + pageNumber,
          "pageNumber=" + number);
    }
  }
}
