package com.omendb.diskann.search;

import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.pagecache.AlignedMemory;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.PageFile;
import com.omendb.pagecache.PageReader;
import com.omendb.pagecache.UnreadablePageException;
import com.omendb.vectors.log.LogCode;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All vectors of an index in memory, in the order of the nodes, with the vectorId of each.
///
/// Immutable once loaded and thread-safe; lives as long as the arena of its memory.
final class ResidentVectors {
  private static final int READS_IN_FLIGHT = 64;
  private static final int CACHE_LINE_BYTES = 64;
  private static final int TOUCHED_BYTES = 256;

  private final int vectorBytes;
  private final MemorySegment vectors;
  private final MemorySegment vectorIds;
  private @Nullable LostPages lost;

  private ResidentVectors(int nodeCount, int vectorBytes, Arena arena) {
    this.vectorBytes = vectorBytes;
    this.vectors = AlignedMemory.allocate(arena, (long) nodeCount * vectorBytes, 64);
    this.vectorIds = AlignedMemory.allocate(arena, (long) nodeCount * Long.BYTES, 64);
  }

  /// Opens the page directory of the base layer, which tells what a lost page held.
  interface DirectoryOpener {
    PageDirectory open(Arena arena) throws IOException;
  }

  /// Reads all pages of a base layer. Those that cannot be read or are damaged are [#lost].
  ///
  /// @throws IOException if a page is missing, or breaks the format
  static ResidentVectors load(
      PageFile pages,
      PageView view,
      int nodeCount,
      int vectorBytes,
      DirectoryOpener directory,
      Arena arena)
      throws IOException {
    ResidentVectors loaded = new ResidentVectors(nodeCount, vectorBytes, arena);
    int pageBytes = pages.pageBytes();
    int inFlight = (int) Math.min(READS_IN_FLIGHT, pages.pageCount());
    try (Arena scratch = Arena.ofShared();
        PageReader reader = pages.newReader(inFlight)) {
      MemorySegment frames = AlignedMemory.allocatePages(scratch, inFlight, pageBytes);
      long[] pageOfFrame = new long[inFlight];
      int[] arrived = new int[inFlight];
      @Nullable IOException[] failures = new IOException[inFlight];
      long next = 0;
      PageStarts starts = new PageStarts(pages);
      SortedMap<Integer, IOException> lost = new TreeMap<>();
      for (int frame = 0; frame < inFlight; frame++) {
        pageOfFrame[frame] = next;
        reader.submit(next++, frames.asSlice((long) frame * pageBytes, pageBytes), frame);
      }
      while (reader.inFlight() > 0) {
        int count = reader.await(1, arrived, failures);
        for (int i = 0; i < count; i++) {
          int frame = arrived[i];
          MemorySegment page = frames.asSlice((long) frame * pageBytes, pageBytes);
          IOException failure = failures[i];
          if (failure == null) {
            loaded.copyPage(pages, view, pageOfFrame[frame], page.address());
            starts.set(pageOfFrame[frame], view);
          } else if (failure instanceof CorruptFileException
              || failure instanceof UnreadablePageException) {
            lost.put((int) pageOfFrame[frame], failure);
          } else {
            throw failure;
          }
          if (next < pages.pageCount()) {
            pageOfFrame[frame] = next;
            reader.submit(next++, page, frame);
          }
        }
      }
      starts.requireEveryNodeOnce(nodeCount);
      if (!lost.isEmpty()) {
        loaded.lost = new LostPages(pages, directory.open(scratch), nodeCount, lost);
        LogCode.PAGES_LOST.log(pages.path(), lost.size(), loaded.lost.nodeCount());
      }
    }
    return loaded;
  }

  /// Which nodes the pages said that they hold: a page may not take the place of another one.
  private static final class PageStarts {
    private final PageFile pages;
    private final int[] firstNodes;
    private final int[] endNodes;

    PageStarts(PageFile pages) {
      this.pages = pages;
      firstNodes = new int[Math.toIntExact(pages.pageCount())];
      endNodes = new int[firstNodes.length];
    }

    void set(long page, PageView view) {
      firstNodes[(int) page] = view.firstNode();
      endNodes[(int) page] = view.firstNode() + view.recordCount();
    }

    // A page that is lost ends at node 0, as no other does; it may have held what is missing there.
    void requireEveryNodeOnce(int nodeCount) throws CorruptFileException {
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
  }

  private void copyPage(PageFile pages, PageView view, long page, long address)
      throws CorruptFileException {
    try {
      view.moveTo(address);
      for (int slot = 0; slot < view.recordCount(); slot++) {
        long node = (long) view.firstNode() + slot;
        MemorySegment.copy(
            NativeMemory.ALL, view.vectorAddress(slot), vectors, node * vectorBytes, vectorBytes);
        vectorIds.setAtIndex(NativeMemory.LONG, node, view.vectorId(slot));
      }
    } catch (MalformedPageException e) {
      throw new CorruptFileException(
          "page breaks the format",
          pages.path(),
          page,
          (page + 1) * pages.pageBytes(),
          "a page of the base layer",
          String.valueOf(e.getMessage()));
    }
  }

  /// Brings vectors into the processor's caches side by side; of long ones the beginning, which
  /// sets its own prefetcher off.
  void touch(int[] nodes, int count) {
    int bytes = Math.min(vectorBytes, TOUCHED_BYTES);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long address = vectors.address() + (long) nodes[i] * vectorBytes;
      for (int offset = 0; offset < bytes; offset += CACHE_LINE_BYTES) {
        sum += NativeMemory.ALL.get(NativeMemory.BYTE, address + offset);
      }
    }
    if (sum == Long.MIN_VALUE) {
      throw new AssertionError("a sum of bytes cannot be this small");
    }
  }

  /// What could not be loaded, or null. The memory of those nodes is zero.
  @Nullable LostPages lost() {
    return lost;
  }

  /// Native address of the vector of node 0; the others follow.
  long address() {
    return vectors.address();
  }

  /// Bytes from one vector to the next.
  int strideBytes() {
    return vectorBytes;
  }

  /// The vectorId of a node.
  long vectorId(int node) {
    return vectorIds.getAtIndex(NativeMemory.LONG, node);
  }
}
