package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RobustPrune;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;

/// Nodes with equal vectors. The first of a set, the original, takes part in the graph; the others,
/// its copies, are added afterwards. Left among the others, copies would be each other's only
/// neighbours.
///
/// Immutable and thread-safe while its arena is open.
final class Duplicates {
  private static final long EMPTY = -1;
  private static final int NONE = -1;

  // Edges by which each member of a set should lead on, as many as a search in memory follows.
  private static final int REVERSE_EDGES = 24;

  // Of a set of at most MAX_SMALL_SET copies a row may lead to COPIES_IN_ROW beside the original;
  // those of all sets may take a ROW_PART-th of it. Copies of larger sets would fill the lists of
  // searches.
  private static final int MAX_SMALL_SET = 8;
  private static final int COPIES_IN_ROW = 4;
  private static final int ROW_PART = 4;

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

  /// Gives every copy a row, and ways to it.
  ///
  /// All edges go on leading to the original, so that the graph among originals is what it was, but
  /// for the last edges of rows that lead to originals of small sets: they make room for copies.
  /// The reverse edges are dealt out to the copies: a set of many copies, which may fill the list
  /// of a search, leads on in as many directions as edges lead to it.
  void attach(NodeSpace space, Adjacency graph, float alpha) {
    if (setsLength == 0) {
      return;
    }
    dealOutReverseEdges(graph);
    CopyRows rows = new CopyRows(space, graph, alpha);
    for (long at = 0; at < setsLength; at += copies(at) + 2L) {
      rows.write(at);
    }
    leadToCopies(graph);
  }

  // Lets rows that lead to the original of a small set lead to copies of it as well, in place of
  // their last edges. A page is worth the nodes that are known to be in it: of a page full of
  // copies a search that knows the original alone sees a fraction of the worth.
  private void leadToCopies(Adjacency graph) {
    long[] setsByOriginal = setsByOriginal();
    int[] row = new int[graph.slots()];
    int[] added = new int[graph.maxDegree() / ROW_PART];
    for (int node = 0; node < graph.nodeCount(); node++) {
      int degree = graph.copy(node, row);
      int count = 0;
      for (int i = 0; i < degree; i++) {
        int index = indexOf(setsByOriginal, row[i]);
        if (index >= 0) {
          count = addCopies(graph, node, setsByOriginal[index] & 0xFFFF_FFFFL, added, count);
        }
      }
      if (count > 0) {
        int kept = Math.min(degree, graph.maxDegree() - count);
        System.arraycopy(added, 0, row, kept, count);
        write(graph, node, row, kept + count);
      }
    }
  }

  // Adds copies of a set that a node does not lead to; each node begins with another one.
  private int addCopies(Adjacency graph, int node, long set, int[] added, int count) {
    int copies = copies(set);
    int first = share(node, copies);
    int end = count;
    int wanted = copies > MAX_SMALL_SET ? 0 : Math.min(copies, COPIES_IN_ROW);
    for (int i = 0; i < wanted && end < added.length; i++) {
      int copy = member(set, 1 + (first + i) % copies);
      if (copy != node && !graph.contains(node, copy)) {
        added[end++] = copy;
      }
    }
    return end;
  }

  private static int share(int node, int copies) {
    return ((node * 0x9E3779B9) >>> 1) % copies;
  }

  private int copies(long set) {
    return sets.getAtIndex(NativeMemory.INT, set + 1);
  }

  // Member 0 of a set is the original, member i its i-th copy.
  private int member(long set, long i) {
    return sets.getAtIndex(NativeMemory.INT, i == 0 ? set : set + 1 + i);
  }

  private void dealOutReverseEdges(Adjacency graph) {
    long[] setsByOriginal = setsByOriginal();
    int[] edgesTo = new int[setsByOriginal.length];
    int[] row = new int[graph.slots()];
    for (int node = 0; node < graph.nodeCount(); node++) {
      int degree = isCopy(node) ? 0 : graph.copy(node, row);
      for (int i = 0; i < degree; i++) {
        int set = indexOf(setsByOriginal, row[i]);
        if (set >= 0) {
          edgesTo[set]++;
        }
      }
    }
    for (int node = 0; node < graph.nodeCount(); node++) {
      int degree = isCopy(node) ? 0 : graph.copy(node, row);
      for (int i = 0; i < degree; i++) {
        int index = indexOf(setsByOriginal, row[i]);
        if (index >= 0) {
          dealOut(graph, setsByOriginal[index] & 0xFFFF_FFFFL, node, edgesTo[index]);
        }
      }
    }
  }

  // Gives the reverse of an edge to so many copies that each gets enough of them.
  private void dealOut(Adjacency graph, long set, int node, int edgesToSet) {
    int copies = copies(set);
    long shares = Math.clamp(Math.ceilDiv((long) REVERSE_EDGES * copies, edgesToSet), 1, copies);
    int first = share(node, copies);
    for (long i = 0; i < shares; i++) {
      addIfRoom(graph, member(set, 1 + (first + i * copies / shares) % copies), node);
    }
  }

  private static void addIfRoom(Adjacency graph, int node, int neighbour) {
    graph.lock(node);
    try {
      graph.append(node, neighbour);
    } finally {
      graph.unlock(node);
    }
  }

  private static void write(Adjacency graph, int node, int[] row, int length) {
    graph.lock(node);
    try {
      graph.set(node, row, length);
    } finally {
      graph.unlock(node);
    }
  }

  // The original in the upper half, where its set begins in the lower, ascending.
  private long[] setsByOriginal() {
    long[] found = new long[16];
    int size = 0;
    for (long at = 0; at < setsLength; at += copies(at) + 2L) {
      if (size == found.length) {
        found = Arrays.copyOf(found, 2 * size);
      }
      found[size++] = (long) member(at, 0) << 32 | at;
    }
    found = Arrays.copyOf(found, size);
    Arrays.sort(found);
    return found;
  }

  private static int indexOf(long[] setsByOriginal, int node) {
    int at = Arrays.binarySearch(setsByOriginal, (long) node << 32);
    int place = at >= 0 ? at : -at - 1;
    return place < setsByOriginal.length && setsByOriginal[place] >>> 32 == node ? place : -1;
  }

  /// Makes the rows of the members of sets: a tree of all members first, then the edges dealt out
  /// to a member, then those of the original, both in the order of a prune.
  private final class CopyRows {
    // Member i leads to the members i * FAN + 1 to i * FAN + FAN.
    private static final int FAN = 2;

    private final Adjacency graph;
    private final RobustPrune prune;
    private final float alpha;
    private final int maxDegree;
    private final NodeSet seen;
    private final int[] originalRow;
    private final int[] candidates;
    private final int[] chosen;
    private final int[] row;

    CopyRows(NodeSpace space, Adjacency graph, float alpha) {
      this.graph = graph;
      this.alpha = alpha;
      this.maxDegree = graph.maxDegree();
      this.prune = new RobustPrune(space, maxDegree);
      this.seen = new NodeSet(2 * graph.slots());
      this.originalRow = new int[graph.slots()];
      this.candidates = new int[graph.slots()];
      this.chosen = new int[maxDegree];
      this.row = new int[maxDegree];
    }

    void write(long set) {
      int originalDegree = graph.copy(member(set, 0), originalRow);
      for (int member = 0; member <= copies(set); member++) {
        int node = member(set, member);
        int length = 0;
        if (member > 0) {
          row[length++] = member(set, 0);
        }
        long first = (long) member * FAN + 1;
        for (long child = first; child < first + FAN && child <= copies(set); child++) {
          if (length < maxDegree) {
            row[length++] = member(set, child);
          }
        }
        length = add(node, length, graph.copy(node, candidates));
        System.arraycopy(originalRow, 0, candidates, 0, originalDegree);
        length = add(node, length, originalDegree);
        Duplicates.write(graph, node, row, length);
      }
    }

    // Adds what a prune chooses of the first candidates to a row, as far as it has room; returns
    // its length.
    private int add(int node, int length, int candidateCount) {
      seen.clear();
      seen.add(node);
      for (int i = 0; i < length; i++) {
        seen.add(row[i]);
      }
      int fresh = 0;
      for (int i = 0; i < candidateCount; i++) {
        if (seen.add(candidates[i])) {
          candidates[fresh++] = candidates[i];
        }
      }
      if (fresh == 0 || length == maxDegree) {
        return length;
      }
      int count =
          prune.pruneDistinct(node, candidates, fresh, alpha, true, maxDegree - length, chosen);
      System.arraycopy(chosen, 0, row, length, count);
      return length + count;
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
