package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;

/// Nodes with equal vectors. The first of a set, the original, takes part in the graph; the others,
/// its copies, are hung on it afterwards as a tree, each with the original's neighbours as far as
/// they fit. Left among the others, copies would be each other's only neighbours.
///
/// Immutable and thread-safe while its arena is open.
final class Duplicates {
  private static final long EMPTY = -1;
  private static final int NONE = -1;

  private final BitSet copies;
  // For each set: original, number of copies, copies.
  private final MemorySegment sets;
  private final long setsLength;

  private Duplicates(BitSet copies, MemorySegment sets, long setsLength) {
    this.copies = copies;
    this.sets = sets;
    this.setsLength = setsLength;
  }

  /// Finds the sets, in memory of the arena.
  ///
  /// @param tableArena for a table that is needed meanwhile
  static Duplicates find(VectorSource vectors, Arena tableArena, Arena arena) {
    return new Finder(vectors, tableArena).run(arena);
  }

  /// Native and heap bytes that finding takes for a moment, if few nodes are copies.
  static long findingBytes(long nodeCount) {
    return tableLength(nodeCount) * (Long.BYTES + Integer.BYTES) + bytes(nodeCount);
  }

  /// Heap bytes that stay, if few nodes are copies.
  static long bytes(long nodeCount) {
    return nodeCount / 8;
  }

  /// Number of copies.
  int count() {
    return copies.cardinality();
  }

  /// Whether a node is a copy of another.
  boolean isCopy(int node) {
    return copies.get(node);
  }

  /// The original of a copy; any other node itself.
  int original(int node) {
    if (!isCopy(node)) {
      return node;
    }
    for (long at = 0; ; at += sets.getAtIndex(NativeMemory.INT, at + 1) + 2L) {
      int count = sets.getAtIndex(NativeMemory.INT, at + 1);
      for (int i = 0; i < count; i++) {
        if (sets.getAtIndex(NativeMemory.INT, at + 2 + i) == node) {
          return sets.getAtIndex(NativeMemory.INT, at);
        }
      }
    }
  }

  /// Gives every copy a row, and a way to it.
  void attach(Adjacency graph) {
    int[] originalRow = new int[graph.slots()];
    for (long at = 0; at < setsLength; ) {
      int count = sets.getAtIndex(NativeMemory.INT, at + 1);
      int degree = graph.copy(sets.getAtIndex(NativeMemory.INT, at), originalRow);
      attach(graph, at, count, originalRow, degree);
      at += count + 2;
    }
  }

  // Member 0 of a set is the original, member i its i-th copy; member i leads to the members
  // i * fan + 1 to i * fan + fan.
  private void attach(Adjacency graph, long set, int count, int[] originalRow, int degree) {
    int maxDegree = graph.maxDegree();
    int fan = Math.max(1, maxDegree / 8);
    int original = sets.getAtIndex(NativeMemory.INT, set);
    int[] row = new int[maxDegree];
    for (int member = 0; member <= count; member++) {
      int length = 0;
      if (member > 0) {
        row[length++] = original;
      }
      long first = (long) member * fan + 1;
      for (long child = first; child < first + fan && child <= count; child++) {
        row[length++] = sets.getAtIndex(NativeMemory.INT, set + 1 + child);
      }
      for (int i = 0; i < degree && length < maxDegree; i++) {
        row[length++] = originalRow[i];
      }
      int node = member == 0 ? original : sets.getAtIndex(NativeMemory.INT, set + 1 + member);
      graph.lock(node);
      try {
        graph.set(node, row, length);
      } finally {
        graph.unlock(node);
      }
    }
  }

  private static long tableLength(long nodeCount) {
    return Long.highestOneBit(Math.max(8, nodeCount * 3 / 2)) << 1;
  }

  /// A hash table of originals, each with a list of its copies.
  private static final class Finder {
    private final VectorSource vectors;
    private final int vectorBytes;
    private final long mask;
    // A slot: the upper half of an original's hash, and the original.
    private final MemorySegment slots;
    // A slot: the last copy in the list below.
    private final MemorySegment lastCopies;
    private final BitSet copies = new BitSet();
    private int[] copyNodes = new int[16];
    private int[] previousCopies = new int[16];
    private int copyCount;
    private int setCount;

    Finder(VectorSource vectors, Arena arena) {
      this.vectors = vectors;
      this.vectorBytes = vectors.vectorBytes();
      long length = tableLength(vectors.count());
      this.mask = length - 1;
      this.slots = arena.allocate(length * Long.BYTES, Long.BYTES).fill((byte) EMPTY);
      this.lastCopies = arena.allocate(length * Integer.BYTES, Integer.BYTES).fill((byte) NONE);
    }

    Duplicates run(Arena arena) {
      for (int node = 0; node < vectors.count(); node++) {
        add(node);
      }
      long length = copyCount + 2L * setCount;
      MemorySegment sets = arena.allocate(Math.max(1, length) * Integer.BYTES, Integer.BYTES);
      long end = 0;
      for (long slot = 0; copyCount > 0 && slot <= mask; slot++) {
        int last = lastCopies.getAtIndex(NativeMemory.INT, slot);
        if (last != NONE) {
          sets.setAtIndex(NativeMemory.INT, end, (int) slots.getAtIndex(NativeMemory.LONG, slot));
          long at = end + 2;
          for (int copy = last; copy != NONE; copy = previousCopies[copy]) {
            sets.setAtIndex(NativeMemory.INT, at++, copyNodes[copy]);
          }
          sets.setAtIndex(NativeMemory.INT, end + 1, (int) (at - end - 2));
          end = at;
        }
      }
      return new Duplicates(copies, sets, length);
    }

    private void add(int node) {
      long hash = hash(vectors.address(node));
      long entry = (hash & 0xffff_ffff_0000_0000L) | node;
      long slot = hash & mask;
      for (long at = slots.getAtIndex(NativeMemory.LONG, slot);
          at != EMPTY;
          at = slots.getAtIndex(NativeMemory.LONG, slot)) {
        if (at >>> 32 == entry >>> 32 && equal((int) at, node)) {
          addCopy(slot, node);
          return;
        }
        slot = (slot + 1) & mask;
      }
      slots.setAtIndex(NativeMemory.LONG, slot, entry);
    }

    private void addCopy(long slot, int node) {
      if (copyCount == copyNodes.length) {
        copyNodes = Arrays.copyOf(copyNodes, copyCount * 2);
        previousCopies = Arrays.copyOf(previousCopies, copyCount * 2);
      }
      int previous = lastCopies.getAtIndex(NativeMemory.INT, slot);
      setCount += previous == NONE ? 1 : 0;
      copyNodes[copyCount] = node;
      previousCopies[copyCount] = previous;
      lastCopies.setAtIndex(NativeMemory.INT, slot, copyCount++);
      copies.set(node);
    }

    private boolean equal(int nodeA, int nodeB) {
      return MemorySegment.mismatch(
              vectors.segment(),
              vectors.offset(nodeA),
              vectors.offset(nodeA) + vectorBytes,
              vectors.segment(),
              vectors.offset(nodeB),
              vectors.offset(nodeB) + vectorBytes)
          < 0;
    }

    private long hash(long address) {
      long hash = vectorBytes;
      int at = 0;
      for (; at + Long.BYTES <= vectorBytes; at += Long.BYTES) {
        hash = mix(hash ^ NativeMemory.ALL.get(NativeMemory.LONG, address + at));
      }
      for (; at < vectorBytes; at++) {
        hash = mix(hash ^ NativeMemory.ALL.get(NativeMemory.BYTE, address + at));
      }
      return hash ^ hash >>> 32;
    }

    private static long mix(long value) {
      long mixed = value * 0x9E3779B97F4A7C15L;
      return mixed ^ mixed >>> 29;
    }
  }
}
