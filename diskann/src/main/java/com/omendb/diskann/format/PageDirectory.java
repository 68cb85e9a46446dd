package com.omendb.diskann.format;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.store.part.HeaderFields;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.UUID;

/// Says which page of `base.pages` holds a node: a bit a node, set where a page begins, with a
/// count of the pages before each block of 64 nodes. 1.5 bits a node, two loads a look-up.
///
/// File `pages.dir`: a segment file whose payload is one entry of 12 bytes for each 64 nodes:
///
/// ```
///   0   u64   bit i: node 64 * block + i is the first of its page
///   8   u32   pages that begin before this block
/// ```
///
/// Header fields: 0 node count, 1 page count. Immutable and thread-safe; lives as long as the arena
/// of its memory.
public final class PageDirectory {
  /// File name within the index.
  public static final String FILE = "pages.dir";

  /// Magic of the header.
  public static final String MAGIC = "OMENPDIR";

  /// The version that is written, and the only one that is read.
  public static final int VERSION = 1;

  private static final int ENTRY_BYTES = 12;
  private static final int COUNT_OFFSET = 8;

  private final MemorySegment entries;
  private final int nodeCount;
  private final int pageCount;

  private PageDirectory(MemorySegment entries, int nodeCount, int pageCount) {
    this.entries = entries;
    this.nodeCount = nodeCount;
    this.pageCount = pageCount;
  }

  /// Bytes of the directory of `nodeCount` nodes.
  public static long bytes(long nodeCount) {
    return (nodeCount + 63) / 64 * ENTRY_BYTES;
  }

  /// Where in the payload the entry is that says the page of a node.
  public static long entryOffset(int node) {
    return (long) (node >>> 6) * ENTRY_BYTES;
  }

  /// The directory of pages that begin at some nodes, of which 0 has to be one.
  ///
  /// @param arena holds it
  public static PageDirectory of(BitSet firstNodes, int nodeCount, Arena arena) {
    Builder builder = new Builder(nodeCount, arena);
    firstNodes.stream().forEach(builder::startPage);
    return builder.build();
  }

  /// Number of pages.
  public int pageCount() {
    return pageCount;
  }

  /// Number of nodes.
  public int nodeCount() {
    return nodeCount;
  }

  /// The page that holds a node.
  public int page(int node) {
    long entry = entryOffset(node);
    long starts = entries.get(NativeMemory.LONG, entry);
    long upToNode = starts << (63 - (node & 63));
    return entries.get(NativeMemory.INT, entry + COUNT_OFFSET) + Long.bitCount(upToNode) - 1;
  }

  /// The first node of a page; of page number [#pageCount], the number of nodes.
  public int firstNode(int page) {
    if (page >= pageCount) {
      return nodeCount;
    }
    // Pages hold about equally many nodes: the block is near the place that this suggests.
    int blocks = (nodeCount + 63) >>> 6;
    int block = (int) ((long) page * blocks / pageCount);
    while (startsBefore(block) > page) {
      block--;
    }
    while (block + 1 < blocks && startsBefore(block + 1) <= page) {
      block++;
    }
    long starts = entries.get(NativeMemory.LONG, (long) block * ENTRY_BYTES);
    for (int skipped = page - startsBefore(block); skipped > 0; skipped--) {
      starts &= starts - 1;
    }
    return (block << 6) + Long.numberOfTrailingZeros(starts);
  }

  private int startsBefore(int block) {
    return entries.get(NativeMemory.INT, (long) block * ENTRY_BYTES + COUNT_OFFSET);
  }

  /// Writes the directory as a file.
  public void write(FileTarget file, UUID indexId) throws IOException {
    SegmentFile.write(file, MAGIC, VERSION, indexId, new long[] {nodeCount, pageCount}, entries);
  }

  /// Reads a directory that was just written and so says itself how many pages there are.
  ///
  /// @throws CorruptFileException if it is not of so many nodes
  public static PageDirectory written(Path path, UUID indexId, int nodeCount, Arena arena)
      throws IOException {
    SegmentFile.Content file = SegmentFile.read(path, MAGIC, VERSION, VERSION, arena);
    return of(file, path, indexId, nodeCount, file.header().field(1));
  }

  /// Reads a directory into memory and checks it against the number of nodes and pages of the
  /// index.
  ///
  /// @throws CorruptFileException if it does not fit them
  public static PageDirectory read(
      Path path, UUID indexId, int nodeCount, long pageCount, Arena arena) throws IOException {
    return of(
        SegmentFile.read(path, MAGIC, VERSION, VERSION, arena),
        path,
        indexId,
        nodeCount,
        pageCount);
  }

  public static PageDirectory of(
      SegmentFile.Content file, Path path, UUID indexId, int nodeCount, long pageCount)
      throws CorruptFileException {
    long[] fields = HeaderFields.require(file.header(), indexId, 2, path);
    if (fields[0] != nodeCount || fields[1] != pageCount) {
      throw corrupt(path, nodeCount, pageCount, "nodes=" + fields[0] + ", pages=" + fields[1]);
    }
    return over(path, nodeCount, pageCount, file.payload());
  }

  /// A directory in memory, checked against the number of nodes and pages of the index.
  ///
  /// @param path for messages
  /// @throws CorruptFileException if it does not fit them
  public static PageDirectory over(Path path, int nodeCount, long pageCount, MemorySegment entries)
      throws CorruptFileException {
    boolean sized = entries.byteSize() == bytes(nodeCount) && pageCount <= Integer.MAX_VALUE;
    long counted = sized ? countPages(entries, nodeCount) : -1;
    if (counted != pageCount) {
      throw corrupt(
          path,
          nodeCount,
          pageCount,
          "payloadBytes=" + entries.byteSize() + ", counted=" + counted);
    }
    return new PageDirectory(entries, nodeCount, (int) pageCount);
  }

  private static CorruptFileException corrupt(
      Path path, int nodeCount, long pageCount, String actual) {
    return new CorruptFileException(
        "page directory does not match the base layer",
        path,
        0,
        "nodes=" + nodeCount + ", pages=" + pageCount,
        actual);
  }

  // The pages that begin at a node, or -1 if the entries contradict themselves.
  private static long countPages(MemorySegment entries, int nodeCount) {
    long counted = 0;
    for (long at = 0; at < entries.byteSize(); at += ENTRY_BYTES) {
      if (entries.get(NativeMemory.INT, at + COUNT_OFFSET) != counted) {
        return -1;
      }
      counted += Long.bitCount(entries.get(NativeMemory.LONG, at));
    }
    long last = entries.get(NativeMemory.LONG, entries.byteSize() - ENTRY_BYTES);
    boolean none = nodeCount % 64 == 0 || last >>> (nodeCount % 64) == 0;
    return none && (entries.get(NativeMemory.LONG, 0) & 1) == 1 ? counted : -1;
  }

  /// Whether a page holds exactly the `count` nodes from `first` on, which must be nodes of the
  /// index.
  public boolean holds(int page, int first, int count) {
    int end = first + count;
    return page(first) == page
        && page(end - 1) == page
        && (first == 0 || page(first - 1) == page - 1)
        && (end == nodeCount || page(end) == page + 1);
  }

  /// Collects the first node of each page, in ascending order.
  static final class Builder {
    private final MemorySegment entries;
    private final int nodeCount;
    private int pageCount;

    Builder(int nodeCount, Arena arena) {
      this.nodeCount = nodeCount;
      this.entries = arena.allocate(bytes(nodeCount), 8);
    }

    void startPage(int firstNode) {
      long entry = (long) (firstNode >>> 6) * ENTRY_BYTES;
      long starts = entries.get(NativeMemory.LONG, entry);
      entries.set(NativeMemory.LONG, entry, starts | 1L << (firstNode & 63));
      pageCount++;
    }

    PageDirectory build() {
      int before = 0;
      for (long at = 0; at < entries.byteSize(); at += ENTRY_BYTES) {
        entries.set(NativeMemory.INT, at + COUNT_OFFSET, before);
        before += Long.bitCount(entries.get(NativeMemory.LONG, at));
      }
      return new PageDirectory(entries, nodeCount, pageCount);
    }
  }
}
