package com.omendb.pagecache.read;

import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnreadablePageException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.linux.ReadRing;
import com.omendb.pagecache.log.LogCode;
import com.omendb.pagecache.memory.AlignedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// An open file of checksummed pages, for reading.
///
/// The file is a header page (a [FileHeader], zeroes to the page's end) and then pages 0 to n-1.
/// Each page begins with a [PageHeader], and its remaining bytes are the caller's. Thread-safe.
/// Closing the file refuses further readers and submissions; the descriptor goes when the last
/// reader is closed.
public final class PageFile implements AutoCloseable {
  /// Damaged pages that are logged for one file: a few show what is wrong with it.
  private static final int MAX_LOGGED_DAMAGES = 16;

  private final Path path;
  private final FileHeader header;
  private final OpenedSource opened;
  private final ReadPool pool = new ReadPool();

  private final AtomicBoolean ringRefused = new AtomicBoolean();
  private final LongAdder pagesReadAgain = new LongAdder();
  private final LongAdder pagesDamaged = new LongAdder();
  private final LongAdder pagesUnreadable = new LongAdder();
  private int openReaders; // guarded by this
  private volatile boolean closed;

  private PageFile(Path path, FileHeader header, OpenedSource opened) {
    this.path = path;
    this.header = header;
    this.opened = opened;
  }

  /// Opens a page file after checking its header page and exact length, with the best reader that
  /// works here.
  ///
  /// @see #open(Path, String, int, int, boolean, String)
  public static PageFile open(
      Path path, String magic, int minVersion, int maxVersion, boolean direct) throws IOException {
    return open(path, magic, minVersion, maxVersion, direct, null);
  }

  /// Opens a page file after checking its header page and exact length.
  ///
  /// Pages are read through io_uring where that works, else through positional reads on a bounded
  /// pool of threads; the choice and its reason are logged once a process.
  ///
  /// @param direct whether to read past the kernel's page cache; where the file system refuses,
  ///   reads go through it and a warning says so once a process
  /// @param pageReader `io_uring`, `pread` or `mapped` to insist on one of them; null to do as the
  ///   system property `omen.pageReader` says, and choose the best if that is not set. Mapped reads
  ///   are never direct
  /// @throws IllegalArgumentException when there is no such reader
  /// @throws CorruptFileException when the file is of another kind, unfinished or not intact
  /// @throws UnsupportedFormatException when its version is outside the two given
  /// @throws IOException when the reader insisted on does not work here
  public static PageFile open(
      Path path,
      String magic,
      int minVersion,
      int maxVersion,
      boolean direct,
      @Nullable String pageReader)
      throws IOException {
    PageReaderKind forced = PageReaderKind.forced(pageReader);
    return open(path, magic, minVersion, maxVersion, p -> OpenedSource.open(p, direct, forced));
  }

  /// As the public one, with another way to open the bytes.
  public static PageFile open(
      Path path, String magic, int minVersion, int maxVersion, SourceOpener opener)
      throws IOException {
    long length = Files.size(path);
    if (length < FileHeader.BYTES) {
      throw new CorruptFileException(
          "too short for a header",
          path,
          0,
          "at least " + FileHeader.BYTES + " bytes",
          length + " bytes");
    }
    OpenedSource opened = opener.open(path);
    boolean valid = false;
    try {
      FileHeader header = readHeader(opened.source(), length, path, magic, minVersion, maxVersion);
      valid = true;
      return new PageFile(path, header, opened);
    } finally {
      if (!valid) {
        opened.source().close();
      }
    }
  }

  /// A way to open a file's bytes.
  public interface SourceOpener {
    OpenedSource open(Path path) throws IOException;
  }

  private static FileHeader readHeader(
      PageSource source, long length, Path path, String magic, int minVersion, int maxVersion)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = AlignedMemory.allocatePages(arena, 1, FileHeader.MAX_PAGE_BYTES);
      MemorySegment start = page.asSlice(0, FileHeader.BYTES);
      readStart(source, start, 0, path);
      FileHeader header = FileHeader.decode(start, path, magic, minVersion, maxVersion);
      int pageBytes = header.pageBytes();
      if (pageBytes == 0) {
        throw new CorruptFileException(
            "a flat file where a page file should be", path, 0, "pageBytes > 0", "pageBytes=0");
      }
      if (header.payloadBytes() > Long.MAX_VALUE - pageBytes
          || length != header.payloadBytes() + pageBytes) {
        throw new CorruptFileException(
            "file length differs from its header",
            path,
            length,
            header.pageCount() + " pages of " + pageBytes + " bytes after the header page",
            length + " bytes in all");
      }
      if (pageBytes > FileHeader.BYTES) {
        readStart(
            source,
            page.asSlice(FileHeader.BYTES, pageBytes - FileHeader.BYTES),
            FileHeader.BYTES,
            path);
        FileHeader.requireZero(page, FileHeader.BYTES, pageBytes, path);
      }
      return header;
    }
  }

  private static void readStart(PageSource source, MemorySegment target, long offset, Path path)
      throws IOException {
    try {
      source.read(target, offset);
    } catch (ShortReadException e) {
      throw new CorruptFileException(
          "header ends early", path, offset, e.expected() + " bytes", e.actual() + " bytes");
    }
  }

  /// What the file says of itself.
  public FileHeader header() {
    return header;
  }

  /// Where the file is.
  public Path path() {
    return path;
  }

  /// Bytes a page.
  public int pageBytes() {
    return header.pageBytes();
  }

  /// How many pages there are besides the header page.
  public long pageCount() {
    return header.pageCount();
  }

  /// Whether reads bypass the kernel's page cache.
  public boolean direct() {
    return opened.direct();
  }

  /// How pages are read: `io_uring`, `pread` or `mapped`.
  public String engine() {
    return opened.engine().label();
  }

  /// A reader that keeps up to `maxInFlight` pages in flight.
  ///
  /// @throws IllegalStateException when the file is closed
  public PageReader newReader(int maxInFlight) {
    return newReader(maxInFlight, null);
  }

  /// As before, and reads into some memory cost less, where the system allows it.
  ///
  /// @param memory frames one after another, which must outlive the reader; other frames serve as
  ///   well
  public PageReader newReader(int maxInFlight, @Nullable MemorySegment memory) {
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("maxInFlight=" + maxInFlight);
    }
    synchronized (this) {
      requireOpen();
      openReaders++;
    }
    boolean made = false;
    try {
      PageReader reader = makeReader(maxInFlight, memory);
      made = true;
      return reader;
    } finally {
      if (!made) {
        readerClosed();
      }
    }
  }

  private PageReader makeReader(int maxInFlight, @Nullable MemorySegment memory) {
    if (opened.engine() == PageReaderKind.IO_URING
        && opened.source() instanceof DescriptorSource descriptorSource) {
      try {
        int entries = Math.min(maxInFlight, UringPageReader.MAX_RING_ENTRIES);
        ReadRing ring = opened.rings().open(entries, descriptorSource.descriptor());
        return new UringPageReader(this, ring, maxInFlight, memory);
      } catch (IOException e) {
        // A limit on rings or on locked memory: this reader does without.
        if (!ringRefused.getAndSet(true)) {
          LogCode.RING_REFUSED.log(path, String.valueOf(e.getMessage()));
        }
      }
    }
    return new BlockingPageReader(this, opened.source(), pool, maxInFlight);
  }

  /// What [PageHeader#verify] finds wrong with a page, or null.
  @Nullable CorruptFileException damage(MemorySegment page, long pageNumber) {
    try {
      PageHeader.verify(page, path, pageNumber);
      return null;
    } catch (CorruptFileException e) {
      pagesDamaged.increment();
      return e;
    }
  }

  /// Counts and logs that a page arrived damaged and is read once more, as readers do: what went
  /// wrong may have gone wrong on the way.
  void noteReadAgain(CorruptFileException damage) {
    pagesReadAgain.increment();
    if (pagesReadAgain.sum() <= MAX_LOGGED_DAMAGES) {
      LogCode.PAGE_READ_AGAIN.log(String.valueOf(damage.getMessage()));
    }
  }

  /// Pages that did not pass [PageHeader#verify], each time that a reader read them.
  public long pagesDamaged() {
    return pagesDamaged.sum();
  }

  /// Reads that the system failed.
  public long pagesUnreadable() {
    return pagesUnreadable.sum();
  }

  /// Counts a read that failed for good.
  void noteFailure(IOException failure) {
    if (!(failure instanceof CorruptFileException)) {
      pagesUnreadable.increment();
    }
  }

  /// Pages that arrived damaged and were read once more.
  public long pagesReadAgain() {
    return pagesReadAgain.sum();
  }

  /// Why a page is not there, from why its bytes could not be read.
  IOException pageFailure(long pageNumber, IOException e) {
    return e instanceof ShortReadException cut
        ? cutOff(pageNumber, cut.expected(), cut.actual())
        : new UnreadablePageException(
            path, pageNumber, pageOffset(pageNumber), String.valueOf(e.getMessage()));
  }

  CorruptFileException cutOff(long pageNumber, long expectedBytes, long actualBytes) {
    return new CorruptFileException(
        "the file ends within a page",
        path,
        pageNumber,
        pageOffset(pageNumber),
        String.valueOf(expectedBytes),
        String.valueOf(actualBytes));
  }

  /// Refuses further readers and submissions. A second call does nothing.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (openReaders > 0) {
        return;
      }
    }
    closeSource();
  }

  long pageOffset(long pageNumber) {
    return (pageNumber + 1) * header.pageBytes();
  }

  void readerClosed() {
    synchronized (this) {
      openReaders--;
      if (!closed || openReaders > 0) {
        return;
      }
    }
    closeSource();
  }

  void requireSubmittable(long pageNumber, MemorySegment frame, boolean readerClosed) {
    if (readerClosed) {
      throw new IllegalStateException("the reader is closed: path=" + path);
    }
    requireOpen();
    if (pageNumber < 0 || pageNumber >= pageCount()) {
      throw new IllegalArgumentException(
          "no such page in a file of %d: pageNumber=%d".formatted(pageCount(), pageNumber));
    }
    if (!frame.isNative() || frame.byteSize() != pageBytes()) {
      throw new IllegalArgumentException(
          "a frame is native memory of %d bytes: frame=%s".formatted(pageBytes(), frame));
    }
    if (frame.address() % AlignedMemory.DIRECT_ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "a frame begins at a multiple of %d: frame.address=%d"
              .formatted(AlignedMemory.DIRECT_ALIGNMENT, frame.address()));
    }
  }

  static void requireAwaitable(
      int minCompletions, int[] tags, @Nullable IOException[] failures, int inFlight) {
    if (failures.length < tags.length) {
      throw new IllegalArgumentException(
          "of tags.length=%d: failures.length=%d".formatted(tags.length, failures.length));
    }
    if (minCompletions < 0 || minCompletions > Math.min(inFlight, tags.length)) {
      throw new IllegalArgumentException(
          "of inFlight=%d, tags.length=%d: minCompletions=%d"
              .formatted(inFlight, tags.length, minCompletions));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the page file is closed: path=" + path);
    }
  }

  private void closeSource() {
    pool.close();
    try {
      opened.source().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
