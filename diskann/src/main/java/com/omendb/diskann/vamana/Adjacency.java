package com.omendb.diskann.vamana;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/// The out-edges of every node of a graph that is being built: one flat row of ints a node in
/// native memory.
///
/// A row is a header int (the degree, with the top bit as the row's lock) and `slots` neighbours.
/// Writers hold the row's lock. Readers take no lock: below the degree that they read, every slot
/// holds a valid node, of the old or of the new list, which is all that a greedy search needs.
///
/// The memory belongs to the arena given; the graph must not be used after it is closed.
public final class Adjacency {
  private static final int LOCKED = 1 << 31;
  private static final int ROW_AND_VECTOR = 2;

  // Who waits spins for some microseconds, then sleeps.
  private static final int SPINS = 200;
  private static final long PARK_NANOS = 20_000;

  private static final VarHandle HEADER = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment memory;
  private final long baseAddress;
  private final long strideBytes;
  private final int nodeCount;
  private final int maxDegree;
  private final int slots;
  private final Touches touches;

  /// Allocates rows without edges.
  ///
  /// @param maxDegree the degree R that a finished row keeps to
  /// @param slots the degree that a row may reach before it is pruned, at least maxDegree
  public Adjacency(Arena arena, int nodeCount, int maxDegree, int slots) {
    this(arena, nodeCount, maxDegree, slots, Touches.NONE);
  }

  /// The same where the arena's memory is files larger than memory.
  ///
  /// @param touches all threads call it before they read a row with its vector
  public Adjacency(Arena arena, int nodeCount, int maxDegree, int slots, Touches touches) {
    this(
        arena.allocate(Math.max(1, bytes(nodeCount, slots)), 64),
        nodeCount,
        maxDegree,
        slots,
        touches);
  }

  /// Rows in memory that the caller gives, such as a mapped file: native, aligned to ints, zero
  /// where no row has been written yet, and open for as long as the graph is used.
  ///
  /// @throws IllegalArgumentException if the memory is too small or not native
  public Adjacency(MemorySegment memory, int nodeCount, int maxDegree, int slots) {
    this(memory, nodeCount, maxDegree, slots, Touches.NONE);
  }

  private Adjacency(
      MemorySegment memory, int nodeCount, int maxDegree, int slots, Touches touches) {
    if (!memory.isNative() || memory.byteSize() < bytes(nodeCount, slots)) {
      throw new IllegalArgumentException(
          "a graph needs native memory of " + bytes(nodeCount, slots) + " bytes: memory=" + memory);
    }
    this.memory = memory;
    this.nodeCount = nodeCount;
    this.maxDegree = maxDegree;
    this.slots = slots;
    this.strideBytes = strideBytes(slots);
    this.baseAddress = memory.address();
    this.touches = touches;
  }

  /// The same rows with room for edges beyond a smaller maxDegree: what is pruned keeps to that, so
  /// that a full row is not pruned for every edge that is added.
  public Adjacency withMaxDegree(int smaller) {
    return new Adjacency(memory, nodeCount, smaller, slots, touches);
  }

  /// Native bytes of a graph.
  public static long bytes(long nodeCount, int slots) {
    return nodeCount * strideBytes(slots);
  }

  private static long strideBytes(int slots) {
    return (slots + 1L) * Integer.BYTES;
  }

  /// What threads call before they read rows.
  public Touches touches() {
    return touches;
  }

  /// Number of nodes.
  public int nodeCount() {
    return nodeCount;
  }

  /// The degree that a finished row keeps to.
  public int maxDegree() {
    return maxDegree;
  }

  /// The degree that a row may reach before it is pruned.
  public int slots() {
    return slots;
  }

  /// Edges of a node at this moment.
  public int degree(int node) {
    return (int) HEADER.getAcquire(NativeMemory.ALL, row(node)) & ~LOCKED;
  }

  /// Copies the neighbours of a node into `target` and returns how many they are.
  public int copy(int node, int[] target) {
    touches.before(ROW_AND_VECTOR);
    long row = row(node);
    int degree = (int) HEADER.getAcquire(NativeMemory.ALL, row) & ~LOCKED;
    MemorySegment.copy(NativeMemory.ALL, NativeMemory.INT, row + Integer.BYTES, target, 0, degree);
    return degree;
  }

  /// Takes the row's lock, waiting until it is free. Not reentrant.
  ///
  /// A row is held for as long as a prune takes, or, if its holder has lost its core, until that is
  /// given another one; a thread that waits then gives its own away.
  public void lock(int node) {
    long row = row(node);
    for (int attempt = 0; ; attempt++) {
      int header = (int) HEADER.getVolatile(NativeMemory.ALL, row);
      if (header >= 0 && HEADER.compareAndSet(NativeMemory.ALL, row, header, header | LOCKED)) {
        return;
      }
      if (attempt < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PARK_NANOS);
      }
    }
  }

  /// Gives the row's lock back.
  public void unlock(int node) {
    long row = row(node);
    int header = (int) HEADER.get(NativeMemory.ALL, row);
    assert header < 0 : "row is not locked: node=" + node;
    HEADER.setRelease(NativeMemory.ALL, row, header & ~LOCKED);
  }

  /// Replaces the neighbours of a node whose lock the caller holds.
  public void set(int node, int[] neighbours, int count) {
    assert count <= slots;
    long row = row(node);
    MemorySegment.copy(
        neighbours, 0, NativeMemory.ALL, NativeMemory.INT, row + Integer.BYTES, count);
    HEADER.setRelease(NativeMemory.ALL, row, count | LOCKED);
  }

  /// Adds a neighbour to a node whose lock the caller holds; false if the row is full.
  public boolean append(int node, int neighbour) {
    long row = row(node);
    int degree = (int) HEADER.get(NativeMemory.ALL, row) & ~LOCKED;
    if (degree == slots) {
      return false;
    }
    NativeMemory.ALL.set(NativeMemory.INT, row + (degree + 1L) * Integer.BYTES, neighbour);
    HEADER.setRelease(NativeMemory.ALL, row, (degree + 1) | LOCKED);
    return true;
  }

  /// Whether `neighbour` is among the edges of a node.
  public boolean contains(int node, int neighbour) {
    long row = row(node);
    int degree = (int) HEADER.getAcquire(NativeMemory.ALL, row) & ~LOCKED;
    for (long at = row + Integer.BYTES, end = at + (long) degree * Integer.BYTES;
        at < end;
        at += Integer.BYTES) {
      if (NativeMemory.ALL.get(NativeMemory.INT, at) == neighbour) {
        return true;
      }
    }
    return false;
  }

  private long row(int node) {
    assert node >= 0 && node < nodeCount : "node=" + node + ", nodeCount=" + nodeCount;
    return baseAddress + node * strideBytes;
  }
}
