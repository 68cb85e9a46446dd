package com.omendb.diskann.parts;

import com.omendb.diskann.pages.NeighbourCodec;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Holds the payload of a graph file, piece by piece, against every rule of the format of
/// [NeighbourLists]. Immutable and thread-safe.
public final class ListRules {
  /// Blocks that are looked at by one task.
  private static final int STRETCH_BLOCKS = 16;

  /// Where in the scratch lists go, behind their table.
  private static final int LISTS_OFFSET = 1 << 12;

  /// Far more than the lists of a block take.
  private static final int MAX_BLOCK_BYTES = 1 << 17;

  private final int vertexCount;
  private final int largestDegree;
  private final NeighbourCodec codec;
  private final int blocks;
  private final long startsOffset;
  private final long listsOffset;
  private final long payloadBytes;

  /// A list that breaks a rule.
  ///
  /// @param isEdge whether it is about whom a vertex may be joined to, not about the layout
  /// @param offset in the payload
  public record Flaw(boolean isEdge, long offset, String expected, String found) {}

  /// Gives pieces of the payload.
  public interface Pieces {
    /// @param within where in the scratch of this thread it may be put
    MemorySegment piece(long offset, long bytes, long within) throws IOException;
  }

  /// Rules for the graph of a header that [NeighbourLists#fits].
  ///
  /// @throws IllegalArgumentException if there is no such codec
  public ListRules(int vertexCount, int largestDegree, int baseBits, long payloadBytes) {
    this.vertexCount = vertexCount;
    this.largestDegree = largestDegree;
    this.codec = new NeighbourCodec(vertexCount, baseBits);
    this.blocks = (vertexCount + NeighbourLists.BLOCK - 1) / NeighbourLists.BLOCK;
    this.startsOffset = (blocks + 1L) * Long.BYTES;
    this.listsOffset = NeighbourLists.headBytes(vertexCount);
    this.payloadBytes = payloadBytes;
  }

  /// How many stretches of lists there are to check.
  public int stretchCount() {
    return (blocks + STRETCH_BLOCKS - 1) / STRETCH_BLOCKS;
  }

  /// Checks a stretch of lists and returns what is wrong with it.
  public List<Flaw> check(int stretch, Pieces pieces) throws IOException {
    List<Flaw> flaws = new ArrayList<>();
    int firstBlock = stretch * STRETCH_BLOCKS;
    int count = Math.min(STRETCH_BLOCKS, blocks - firstBlock);
    // One more than the blocks: where the next begins, which is where these end.
    long[] bases = new long[count + 1];
    MemorySegment table = pieces.piece((long) firstBlock * Long.BYTES, bases.length * 8L, 0);
    for (int i = 0; i <= count; i++) {
      bases[i] = table.getAtIndex(NativeMemory.LONG, i);
    }
    if (firstBlock + count == blocks) {
      requireZero(flaws, (long) blocks * Long.BYTES, bases[count]);
      bases[count] = payloadBytes - listsOffset;
    }
    if (firstBlock == 0 && bases[0] != 0) {
      flaws.add(new Flaw(false, 0, "lists from 0", String.valueOf(bases[0])));
      return flaws;
    }
    for (int i = 0; i < count; i++) {
      long bytes = bases[i + 1] - bases[i];
      if (bases[i] < 0
          || bytes < 0
          || bytes > MAX_BLOCK_BYTES
          || bases[i + 1] > payloadBytes - listsOffset) {
        long offset = (long) (firstBlock + i) * Long.BYTES;
        flaws.add(new Flaw(false, offset, "lists of a block", bases[i] + " to " + bases[i + 1]));
        return flaws;
      }
    }
    for (int i = 0; i < count; i++) {
      checkBlock(firstBlock + i, bases[i], bases[i + 1], pieces, flaws);
    }
    return flaws;
  }

  private void checkBlock(int block, long from, long to, Pieces pieces, List<Flaw> flaws)
      throws IOException {
    long tableOffset = startsOffset + (long) block * NeighbourLists.BLOCK * Short.BYTES;
    int[] starts = new int[NeighbourLists.BLOCK];
    MemorySegment table = pieces.piece(tableOffset, (long) NeighbourLists.BLOCK * Short.BYTES, 0);
    for (int i = 0; i < starts.length; i++) {
      starts[i] = Short.toUnsignedInt(table.getAtIndex(NativeMemory.SHORT, i));
    }
    // The codec reads whole words, from up to 8 bytes before a list.
    int lead = Long.BYTES;
    MemorySegment piece = pieces.piece(listsOffset + from - lead, to - from + lead, LISTS_OFFSET);
    int first = block * NeighbourLists.BLOCK;
    int count = Math.min(NeighbourLists.BLOCK, vertexCount - first);
    int[] neighbours = new int[NeighbourCodec.MAX_DEGREE];
    long end = piece.address() + piece.byteSize();
    long at = piece.address() + lead;
    for (int i = 0; i < count; i++) {
      long begins = at - piece.address() - lead;
      if (starts[i] != begins) {
        flaws.add(
            new Flaw(
                false,
                tableOffset + (long) i * Short.BYTES,
                "a list at " + begins + ": vertex=" + (first + i),
                String.valueOf(starts[i])));
        return;
      }
      int degree = at < end ? codec.read(at, end, neighbours) : -1;
      if (degree < 0) {
        String expected = "a list of vertices below " + vertexCount + ": vertex=" + (first + i);
        flaws.add(new Flaw(false, listsOffset + from + begins, expected, "none"));
        return;
      }
      checkEdges(first + i, degree, neighbours, listsOffset + from + begins, flaws);
      at += codec.length(at);
    }
    if (at != end) {
      String expected = "lists of " + (at - piece.address() - lead) + " bytes: block=" + block;
      flaws.add(new Flaw(false, listsOffset + from, expected, (to - from) + " bytes"));
    }
    for (int i = count; i < starts.length; i++) {
      requireZero(flaws, tableOffset + (long) i * Short.BYTES, starts[i]);
    }
  }

  private void checkEdges(int vertex, int degree, int[] neighbours, long offset, List<Flaw> flaws) {
    if (degree > largestDegree) {
      String expected = "at most " + largestDegree + " neighbours: vertex=" + vertex;
      flaws.add(new Flaw(true, offset, expected, "degree=" + degree));
    }
    for (int i = 0; i < degree; i++) {
      if (neighbours[i] == vertex) {
        flaws.add(new Flaw(true, offset, "other vertices than itself", "neighbour=" + vertex));
      }
    }
  }

  private static void requireZero(List<Flaw> flaws, long offset, long value) {
    if (value != 0) {
      flaws.add(new Flaw(false, offset, "zero", String.valueOf(value)));
    }
  }
}
