package com.omendb.pagecache.file;

import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pagecache.storage.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;

/// Writes a page file from its first page to its last.
///
/// The header page is written last, by [#finish], after the pages were forced to the device: a file
/// whose writing was cut short is refused when it is opened. Not thread-safe.
public final class PageWriter implements AutoCloseable {
  private static final int BATCH_BYTES = 1 << 20;

  private final String magic;
  private final int formatVersion;
  private final UUID indexId;
  private final int pageBytes;
  private final int batchPages;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment batch;
  private final StorageFile file;

  private MemorySegment page;
  private int pagesInBatch;
  private long pageCount;
  private boolean finished;
  private boolean closed;

  /// Creates the file.
  ///
  /// @param magic kind of file, exactly 8 printable ASCII characters
  /// @param formatVersion version of the kind's format, from 1
  /// @param pageBytes a multiple of 4096 up to 65536
  /// @throws java.nio.file.FileAlreadyExistsException when the file exists
  public PageWriter(FileTarget target, String magic, int formatVersion, UUID indexId, int pageBytes)
      throws IOException {
    FileHeader.requirePageBytes(pageBytes);
    // Checks the other arguments now rather than after all pages are written.
    var _ = new FileHeader(magic, formatVersion, indexId, pageBytes, 0, 0, new long[0]);
    this.magic = magic;
    this.formatVersion = formatVersion;
    this.indexId = indexId;
    this.pageBytes = pageBytes;
    batchPages = BATCH_BYTES / pageBytes;
    file = target.create(Storage.Access.DIRECT);
    batch = AlignedMemory.allocatePages(arena, batchPages, pageBytes);
    page = batch.asSlice(0, pageBytes);
  }

  /// The page to fill next: zeroed, `pageBytes` long, the first [PageHeader#BYTES] bytes filled in
  /// by [#write]. Valid until then.
  public MemorySegment page() {
    return page;
  }

  /// Bytes a page.
  public int pageBytes() {
    return pageBytes;
  }

  /// Pages written so far, which is the number of the page to fill next.
  public long pageCount() {
    return pageCount;
  }

  /// Seals the current page with its number and checksum and appends it.
  public void write() throws IOException {
    requireUnfinished();
    if (pageCount == Integer.MAX_VALUE) {
      throw new IllegalStateException("a page file is full: pageCount=" + pageCount);
    }
    PageHeader.seal(page, (int) pageCount);
    pageCount++;
    pagesInBatch++;
    if (pagesInBatch == batchPages) {
      writeBatch();
    }
    page = batch.asSlice((long) pagesInBatch * pageBytes, pageBytes);
  }

  /// Writes what is left, forces it to the device, then writes and forces the header page.
  ///
  /// @param fields kind-specific numbers for the header, up to 32
  public void finish(long[] fields) throws IOException {
    requireUnfinished();
    long payloadBytes = pageCount * pageBytes;
    byte[] header =
        new FileHeader(magic, formatVersion, indexId, pageBytes, payloadBytes, 0, fields).encode();
    finished = true;
    writeBatch();
    file.force();
    MemorySegment headerPage = batch.asSlice(0, pageBytes);
    MemorySegment.copy(header, 0, headerPage, ValueLayout.JAVA_BYTE, 0, header.length);
    file.writeFully(headerPage.asByteBuffer(), 0);
    file.force();
  }

  /// Releases the file; without [#finish] before, it stays unreadable. A second call does nothing.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    page = MemorySegment.NULL;
    try {
      file.close();
    } finally {
      arena.close();
    }
  }

  private void writeBatch() throws IOException {
    long bytes = (long) pagesInBatch * pageBytes;
    long firstPage = pageCount - pagesInBatch;
    file.writeFully(batch.asSlice(0, bytes).asByteBuffer(), (firstPage + 1) * pageBytes);
    batch.asSlice(0, bytes).fill((byte) 0);
    pagesInBatch = 0;
  }

  private void requireUnfinished() {
    if (finished || closed) {
      throw new IllegalStateException("the page file is finished: path=" + file.path());
    }
  }
}
