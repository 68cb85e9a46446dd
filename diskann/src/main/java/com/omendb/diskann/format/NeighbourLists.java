package com.omendb.diskann.format;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.pagecache.storage.FileTarget;
import com.omendb.store.part.HeaderFields;
import com.omendb.store.serving.OpeningTasks;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// A graph in memory, its lists of neighbours compressed by a [NeighbourCodec].
///
/// A segment file whose payload is
///
/// ```
/// u64[b]     for each block of 64 vertices, where its lists begin in the bytes below; b is one
///            more than the vertices by 64, rounded up
/// u16[64 b]  for each vertex, where its list begins within its block
/// bytes      the lists, one behind another
/// ```
///
/// Header fields: 0 vertex count, 1 largest degree, 2 the codec's baseBits. Every list is checked
/// when the file is read. Immutable and thread-safe; lives as long as the arena of its memory.
public final class NeighbourLists {
  /// Magic of the header.
  public static final String MAGIC = "OMENLIST";

  /// The version that is written, and the only one that is read.
  public static final int VERSION = 1;

  static final int BLOCK = 64;
  private static final int CACHE_LINE_BYTES = 64;

  // Parts of a graph that are checked side by side.
  private static final int MIN_PART = 1 << 15;
  private static final int MAX_PARTS = 64;

  /// The most neighbours that a list may have: a block's lists are found by 16 bits.
  public static final int MAX_DEGREE = 200;

  private final int vertexCount;
  private final int largestDegree;
  private final NeighbourCodec codec;
  private final MemorySegment payload;
  private final long bases;
  private final long starts;
  private final long lists;
  private final long end;

  private NeighbourLists(
      int vertexCount, int largestDegree, NeighbourCodec codec, MemorySegment payload) {
    this.vertexCount = vertexCount;
    this.largestDegree = largestDegree;
    this.codec = codec;
    this.payload = payload;
    this.bases = payload.address();
    this.starts = bases + blocks(vertexCount) * Long.BYTES;
    this.lists = payload.address() + headBytes(vertexCount);
    this.end = payload.address() + payload.byteSize();
  }

  private static long blocks(long vertexCount) {
    return (vertexCount + BLOCK - 1) / BLOCK + 1;
  }

  static long headBytes(long vertexCount) {
    return blocks(vertexCount) * (Long.BYTES + BLOCK * Short.BYTES);
  }

  /// The most bytes that the lists of a graph take, with their look-up.
  public static long maxBytes(long vertexCount, int maxDegree) {
    return headBytes(vertexCount) + vertexCount * NeighbourCodec.maxBytes(maxDegree);
  }

  /// The baseBits that suit the first lists of a graph.
  ///
  /// @param rows rows of `stride` ints: a degree and the neighbours in any order
  public static int chooseBaseBits(int vertexCount, MemorySegment rows, int stride, int rowCount) {
    NeighbourCodec.Chooser chooser = new NeighbourCodec.Chooser(vertexCount);
    int[] row = new int[stride];
    for (long i = 0; i < rowCount; i++) {
      int degree = rows.getAtIndex(NativeMemory.INT, i * stride);
      MemorySegment.copy(rows, NativeMemory.INT, (i * stride + 1) * Integer.BYTES, row, 0, degree);
      Arrays.sort(row, 0, degree);
      chooser.add(row, degree);
    }
    return chooser.baseBits();
  }

  /// Vertices of the graph.
  public int vertexCount() {
    return vertexCount;
  }

  /// The most neighbours of a vertex.
  public int largestDegree() {
    return largestDegree;
  }

  /// Copies the neighbours of a vertex, ascending, into `target`, which holds
  /// [NeighbourCodec#MAX_DEGREE], and returns how many they are.
  public int copy(int vertex, int[] target) {
    return codec.read(start(vertex), end, target);
  }

  /// Brings the lists of some vertices into the processor's caches side by side: to read one after
  /// another would be to wait for memory several times for each.
  public void touch(int[] vertices, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long at = start(vertices[i]);
      sum += NativeMemory.ALL.get(NativeMemory.BYTE, at);
      sum += NativeMemory.ALL.get(NativeMemory.BYTE, Math.min(at + CACHE_LINE_BYTES, end - 1));
    }
    if (sum == Long.MIN_VALUE) {
      throw new AssertionError("a sum of bytes cannot be this small");
    }
  }

  private long start(int vertex) {
    return lists
        + NativeMemory.ALL.get(NativeMemory.LONG, bases + (long) (vertex / BLOCK) * Long.BYTES)
        + Short.toUnsignedInt(
            NativeMemory.ALL.get(NativeMemory.SHORT, starts + (long) vertex * Short.BYTES));
  }

  /// Bytes of the graph in memory.
  public long byteSize() {
    return payload.byteSize();
  }

  /// Writes the graph as a file.
  public void write(FileTarget file, UUID indexId) throws IOException {
    SegmentFile.write(
        file,
        MAGIC,
        VERSION,
        indexId,
        new long[] {vertexCount, largestDegree, codec.baseBits()},
        payload);
  }

  /// Reads a graph into memory and checks every list of it.
  ///
  /// @throws CorruptFileException if it is not a graph of `vertexCount` vertices
  public static NeighbourLists read(Path path, UUID indexId, int vertexCount, Arena arena)
      throws IOException {
    return of(SegmentFile.read(path, MAGIC, VERSION, VERSION, arena), path, indexId, vertexCount);
  }

  static NeighbourLists of(SegmentFile.Content file, Path path, UUID indexId, int vertexCount)
      throws IOException {
    long[] fields = HeaderFields.require(file.header(), indexId, 3, path);
    MemorySegment payload = file.payload();
    if (!fits(file.header(), vertexCount)) {
      throw new CorruptFileException(
          "graph does not match the index",
          path,
          0,
          "vertices=" + vertexCount + ", largest degree up to " + MAX_DEGREE,
          Arrays.toString(fields));
    }
    NeighbourLists lists =
        new NeighbourLists(
            vertexCount, (int) fields[1], codec(vertexCount, (int) fields[2], path), payload);
    lists.requireWhole(path);
    return lists;
  }

  /// Whether a header that is whole is of a graph of so many vertices.
  public static boolean fits(FileHeader header, long vertexCount) {
    return header.fields().length >= 3
        && header.field(0) == vertexCount
        && header.field(1) >= 0
        && header.field(1) <= MAX_DEGREE
        && header.field(2) == (int) header.field(2)
        && header.payloadBytes() >= headBytes(vertexCount);
  }

  private static NeighbourCodec codec(int vertexCount, int baseBits, Path path)
      throws CorruptFileException {
    try {
      return new NeighbourCodec(vertexCount, baseBits);
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(
          "graph is written in no known way", path, 0, "a codec", String.valueOf(e.getMessage()));
    }
  }

  // Lists become vertices and vertices become addresses: none is trusted before this check.
  private void requireWhole(Path path) throws IOException {
    int part = Math.max(MIN_PART, Math.ceilDiv(vertexCount, MAX_PARTS));
    List<OpeningTasks.Task> parts = new ArrayList<>();
    for (long from = 0; from < vertexCount; from += part) {
      int first = (int) from;
      int behind = (int) Math.min(vertexCount, from + part);
      parts.add(() -> requireWhole(path, first, behind));
    }
    OpeningTasks.run(parts);
  }

  // The lists of some vertices, up to where the next one's begins.
  private void requireWhole(Path path, int first, int behind) throws CorruptFileException {
    long at = first == 0 ? lists : start(first);
    if (at < lists || at >= end) {
      throw corrupt(path, first, "below " + (end - lists), at - lists);
    }
    for (int vertex = first; vertex < behind; vertex++) {
      if (start(vertex) != at) {
        throw corrupt(path, vertex, "begins at " + (at - lists), start(vertex) - lists);
      }
      int length = at < end ? codec.checkedLength(at, end) : -1;
      int degree =
          length < 0 ? -1 : Byte.toUnsignedInt(NativeMemory.ALL.get(NativeMemory.BYTE, at));
      if (degree < 0 || degree > largestDegree) {
        throw corrupt(path, vertex, "at most " + largestDegree + " neighbours", degree);
      }
      at += length;
    }
    long next = behind == vertexCount ? end : start(behind);
    if (at != next) {
      throw corrupt(path, behind, "lists end at " + (at - lists), next - lists);
    }
  }

  private static CorruptFileException corrupt(Path path, int vertex, String expected, long actual) {
    return new CorruptFileException(
        "list is unusable: vertex=" + vertex, path, 0, expected, String.valueOf(actual));
  }

  /// Collects the lists of vertices 0, 1, ... in this order.
  public static final class Builder {
    private final int vertexCount;
    private final NeighbourCodec codec;
    private final MemorySegment memory;
    private final long head;
    private long at;
    private int next;
    private int largestDegree;

    /// A builder with room for the most that the lists can take, [#maxBytes]; of large room only
    /// what is used becomes resident.
    ///
    /// @param baseBits as the codec of the graph has it
    public Builder(int vertexCount, int maxDegree, int baseBits, Arena arena) {
      if (maxDegree > MAX_DEGREE) {
        throw new IllegalArgumentException(
            "degree out of range 0.." + MAX_DEGREE + ": maxDegree=" + maxDegree);
      }
      this.vertexCount = vertexCount;
      this.codec = new NeighbourCodec(vertexCount, baseBits);
      this.memory = AlignedMemory.allocate(arena, maxBytes(vertexCount, maxDegree), 64);
      this.head = headBytes(vertexCount);
      this.at = head;
    }

    /// Adds the list of the next vertex. Sorts `neighbours[0..degree)`, which must be distinct.
    public void add(int[] neighbours, int degree) {
      if (next % BLOCK == 0) {
        memory.setAtIndex(NativeMemory.LONG, next / BLOCK, at - head);
      }
      long base = memory.getAtIndex(NativeMemory.LONG, next / BLOCK);
      memory.set(
          NativeMemory.SHORT,
          blocks(vertexCount) * Long.BYTES + (long) next * Short.BYTES,
          (short) (at - head - base));
      next++;
      largestDegree = Math.max(largestDegree, degree);
      Arrays.sort(neighbours, 0, degree);
      at = codec.write(memory.address() + at, neighbours, degree) - memory.address();
    }

    /// The graph, in the builder's memory.
    public NeighbourLists build() {
      if (next != vertexCount) {
        throw new IllegalStateException("lists=" + next + ", vertexCount=" + vertexCount);
      }
      return new NeighbourLists(vertexCount, largestDegree, codec, memory.asSlice(0, at));
    }
  }
}
