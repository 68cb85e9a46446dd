package com.omendb.diskann.search;

import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnreadablePageException;
import com.omendb.pagecache.file.PageHeader;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.read.FileScan;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.read.PageReader;
import com.omendb.store.serving.OpeningTasks;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Brings the vectors of all pages into memory, on as many threads as there are processors.
///
/// Pages are read in large pieces and through the operating system's cache, where they often still
/// are when an index is opened again. What cannot be read so, or arrives damaged, is read once more
/// page by page like a page that a search asks for.
final class VectorLoader {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int MAX_PARTS = 64;

  private final PageFile pages;
  private final Supplier<PageView> views;
  private final int nodeCount;
  private final ResidentVectors vectors;
  private final int[] firstNodes;
  private final int[] endNodes;
  private final SortedMap<Integer, IOException> lost = new ConcurrentSkipListMap<>();

  private VectorLoader(
      PageFile pages, Supplier<PageView> views, int nodeCount, ResidentVectors vectors) {
    this.pages = pages;
    this.views = views;
    this.nodeCount = nodeCount;
    this.vectors = vectors;
    this.firstNodes = new int[Math.toIntExact(pages.pageCount())];
    this.endNodes = new int[firstNodes.length];
  }

  /// Opens the page directory of the base layer, which tells what a lost page held.
  interface DirectoryOpener {
    PageDirectory open(Arena arena) throws IOException;
  }

  /// Reads all pages of a base layer. Those that cannot be read or are damaged are
  /// [ResidentVectors#lost].
  ///
  /// @param views makes a view for each thread
  /// @throws IOException if a page is missing, or breaks the format
  static ResidentVectors load(
      PageFile pages,
      Supplier<PageView> views,
      int nodeCount,
      int vectorBytes,
      DirectoryOpener directory,
      Arena arena)
      throws IOException {
    ResidentVectors vectors = ResidentVectors.allocate(nodeCount, vectorBytes, arena);
    VectorLoader loader = new VectorLoader(pages, views, nodeCount, vectors);
    loader.loadAll();
    loader.requireEveryNodeOnce();
    if (!loader.lost.isEmpty()) {
      try (Arena scratch = Arena.ofConfined()) {
        LostPages lost = new LostPages(pages, directory.open(scratch), nodeCount, loader.lost);
        vectors.lose(lost);
        LogCode.PAGES_LOST.log(pages.path(), loader.lost.size(), lost.nodeCount());
      }
    }
    return vectors;
  }

  private void loadAll() throws IOException {
    int pagesAPiece = Math.max(1, PIECE_BYTES / pages.pageBytes());
    int pagesAPart = Math.max(pagesAPiece, Math.ceilDiv(firstNodes.length, MAX_PARTS));
    try (FileScan scan = FileScan.open(pages.path(), false)) {
      List<OpeningTasks.Task> parts = new ArrayList<>();
      for (int from = 0; from < firstNodes.length; from += pagesAPart) {
        int first = from;
        int behind = Math.min(firstNodes.length, from + pagesAPart);
        parts.add(() -> loadPart(scan, first, behind, pagesAPiece));
      }
      OpeningTasks.run(parts);
    }
  }

  private void loadPart(FileScan scan, int from, int to, int pagesAPiece) throws IOException {
    int pageBytes = pages.pageBytes();
    PageView view = views.get();
    try (Arena scratch = Arena.ofShared();
        OnePageReader again = new OnePageReader(pages)) {
      MemorySegment piece = AlignedMemory.allocatePages(scratch, pagesAPiece, pageBytes);
      for (int first = from; first < to; first += pagesAPiece) {
        int count = Math.min(pagesAPiece, to - first);
        boolean isRead = read(scan, piece.asSlice(0, (long) count * pageBytes), first);
        for (int i = 0; i < count; i++) {
          int page = first + i;
          MemorySegment bytes = piece.asSlice((long) i * pageBytes, pageBytes);
          IOException failure = isRead && isWhole(bytes, page) ? null : again.read(page, bytes);
          if (failure == null) {
            take(view, page, bytes.address());
          } else {
            lose(page, failure);
          }
        }
      }
    }
  }

  private boolean read(FileScan scan, MemorySegment target, int firstPage) {
    try {
      scan.read(target, (firstPage + 1L) * pages.pageBytes());
      return true;
    } catch (IOException _) {
      // Whose fault it is will be found page by page.
      return false;
    }
  }

  private boolean isWhole(MemorySegment bytes, int page) {
    try {
      PageHeader.verify(bytes, pages.path(), page);
      return true;
    } catch (CorruptFileException _) {
      // What went wrong may have gone wrong on the way.
      return false;
    }
  }

  private void take(PageView view, int page, long address) throws CorruptFileException {
    try {
      view.moveTo(address);
      vectors.copyFrom(view);
      firstNodes[page] = view.firstNode();
      endNodes[page] = view.firstNode() + view.recordCount();
    } catch (MalformedPageException e) {
      throw new CorruptFileException(
          "page breaks the format",
          pages.path(),
          page,
          (page + 1L) * pages.pageBytes(),
          "a page of the base layer",
          String.valueOf(e.getMessage()));
    }
  }

  private void lose(int page, IOException failure) throws IOException {
    if (failure instanceof CorruptFileException || failure instanceof UnreadablePageException) {
      lost.put(page, failure);
    } else {
      throw failure;
    }
  }

  // A page may not take the place of another one. One that is lost ends at node 0, as no other
  // does; it may have held what is missing there.
  private void requireEveryNodeOnce() throws CorruptFileException {
    int next = 0;
    boolean gap = false;
    for (int page = 0; page < firstNodes.length; page++) {
      if (endNodes[page] == 0) {
        gap = true;
        continue;
      }
      require(page, next, gap, firstNodes[page]);
      next = endNodes[page];
      gap = false;
    }
    require(firstNodes.length, next, gap, nodeCount);
  }

  private void require(int page, int expected, boolean gap, int actual)
      throws CorruptFileException {
    if (gap ? actual <= expected : actual != expected) {
      throw new CorruptFileException(
          "pages do not hold every node once",
          pages.path(),
          (page + 1L) * pages.pageBytes(),
          "node=" + expected,
          "node=" + actual);
    }
  }

  /// Reads single pages, and takes what that needs only when there is one. For one thread.
  private static final class OnePageReader implements AutoCloseable {
    private final PageFile pages;
    private final int[] tags = new int[1];
    private final @Nullable IOException[] failures = new IOException[1];
    private @Nullable PageReader reader;

    OnePageReader(PageFile pages) {
      this.pages = pages;
    }

    /// Reads a page; returns why it is not there, or null.
    @Nullable IOException read(int page, MemorySegment target) {
      if (reader == null) {
        reader = pages.newReader(1);
      }
      reader.submit(page, target, 0);
      if (reader.await(1, tags, failures) != 1) {
        throw new IllegalStateException("a read has not arrived: page=" + page);
      }
      return failures[0];
    }

    @Override
    public void close() {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
