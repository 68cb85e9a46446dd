package com.omendb.diskann.repair;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.WorkInterruptedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Reads the pages of a file that may be damaged in any way, many at a time: what is wrong with one
/// page does not keep the others from being read. Not thread-safe.
final class PageBytes implements AutoCloseable {
  private static final int BATCH_BYTES = 1 << 20;

  private final Path path;
  private final int pageBytes;
  private final FileChannel channel;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment batch;
  private long firstInBatch;
  private int pagesInBatch;
  private MemorySegment page = MemorySegment.NULL;

  /// Opens a file, whose header is not looked at.
  ///
  /// @throws IOException if it cannot be opened
  PageBytes(Path path, int pageBytes) throws IOException {
    this.path = path;
    this.pageBytes = pageBytes;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
    this.batch = AlignedMemory.allocatePages(arena, BATCH_BYTES / pageBytes, pageBytes);
  }

  /// Bytes of the file.
  long length() throws IOException {
    return channel.size();
  }

  /// Reads a page and verifies its checksum and number.
  ///
  /// @return what is wrong with it, or null if it is in [#page]
  @Nullable String read(long pageNumber) {
    try {
      if (pageNumber < firstInBatch || pageNumber >= firstInBatch + pagesInBatch) {
        fill(pageNumber);
      }
      if (pagesInBatch == 0) {
        return "the file ends before it";
      }
      page = batch.asSlice((pageNumber - firstInBatch) * pageBytes, pageBytes);
      PageHeader.verify(page, path, pageNumber);
      return null;
    } catch (CorruptFileException e) {
      return "expected " + e.expected() + ", found " + e.actual();
    } catch (ClosedByInterruptException _) {
      throw new WorkInterruptedException();
    } catch (IOException e) {
      pagesInBatch = 0;
      return "cannot be read: " + e.getMessage();
    }
  }

  /// The page read last, until the next is read.
  MemorySegment page() {
    return page;
  }

  // A batch that cannot be read may hold pages that can.
  private void fill(long pageNumber) throws IOException {
    firstInBatch = pageNumber;
    pagesInBatch = 0;
    try {
      pagesInBatch = read(pageNumber, batch.asByteBuffer());
    } catch (ClosedByInterruptException _) {
      throw new WorkInterruptedException();
    } catch (IOException _) {
      pagesInBatch = read(pageNumber, batch.asSlice(0, pageBytes).asByteBuffer());
    }
  }

  private int read(long pageNumber, ByteBuffer target) throws IOException {
    long offset = (pageNumber + 1) * pageBytes;
    while (target.hasRemaining()) {
      int count = channel.read(target, offset + target.position());
      if (count < 0) {
        break;
      }
    }
    return target.position() / pageBytes;
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      arena.close();
    }
  }
}
