package com.omendb.diskann.search;

import com.omendb.diskann.format.PageView;
import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.pagecache.AlignedMemory;
import com.omendb.pagecache.CorruptFileException;
import com.omendb.pagecache.PageFile;
import com.omendb.pagecache.PageReader;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// All vectors of an index in memory, in the order of the nodes, with the vectorId of each.
///
/// Immutable and thread-safe; lives as long as the arena of its memory.
final class ResidentVectors {
  private static final int READS_IN_FLIGHT = 64;
  private static final int CACHE_LINE_BYTES = 64;
  private static final int TOUCHED_BYTES = 256;

  private final int vectorBytes;
  private final MemorySegment vectors;
  private final MemorySegment vectorIds;

  private ResidentVectors(int nodeCount, int vectorBytes, Arena arena) {
    this.vectorBytes = vectorBytes;
    this.vectors = AlignedMemory.allocate(arena, (long) nodeCount * vectorBytes, 64);
    this.vectorIds = AlignedMemory.allocate(arena, (long) nodeCount * Long.BYTES, 64);
  }

  /// Reads all pages of a base layer.
  ///
  /// @throws IOException if one cannot be read or is damaged, or a node is missing
  static ResidentVectors load(
      PageFile pages, PageView view, int nodeCount, int vectorBytes, Arena arena)
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
      long nodes = 0;
      for (int frame = 0; frame < inFlight; frame++) {
        pageOfFrame[frame] = next;
        reader.submit(next++, frames.asSlice((long) frame * pageBytes, pageBytes), frame);
      }
      while (reader.inFlight() > 0) {
        int count = reader.await(1, arrived, failures);
        for (int i = 0; i < count; i++) {
          IOException failure = failures[i];
          if (failure != null) {
            throw failure;
          }
          int frame = arrived[i];
          MemorySegment page = frames.asSlice((long) frame * pageBytes, pageBytes);
          nodes += loaded.copyPage(pages, view, pageOfFrame[frame], page.address());
          if (next < pages.pageCount()) {
            pageOfFrame[frame] = next;
            reader.submit(next++, page, frame);
          }
        }
      }
      if (nodes != nodeCount) {
        throw new CorruptFileException(
            "pages do not hold every node once", pages.path(), 0, "" + nodeCount, "" + nodes);
      }
    }
    return loaded;
  }

  private int copyPage(PageFile pages, PageView view, long page, long address)
      throws CorruptFileException {
    try {
      view.moveTo(address);
      for (int slot = 0; slot < view.recordCount(); slot++) {
        long node = (long) view.firstNode() + slot;
        MemorySegment.copy(
            NativeMemory.ALL, view.vectorAddress(slot), vectors, node * vectorBytes, vectorBytes);
        vectorIds.setAtIndex(NativeMemory.LONG, node, view.vectorId(slot));
      }
      return view.recordCount();
    } catch (MalformedPageException e) {
      throw new CorruptFileException(
          "page breaks the format",
          pages.path(),
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
