package com.omendb.diskann.layout;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeBits;
import com.omendb.diskann.vamana.NodeSet;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;

/// Decides which nodes share a page: a page begins with a seed and takes, one after another, the
/// unplaced neighbour of its members that is nearest to their mean, until it is full.
///
/// Seeds come in the order of a walk through the graph, so that what earlier pages have left over
/// is gathered with what lies nearby. Pages are filled by bytes.
///
/// Takes a bounded amount of memory beside the graph: [#bytes].
public final class PagePacking {
  // Of a member's neighbours so many of the nearest are considered for its page.
  private static final int POOL_NEIGHBOURS = 24;

  private final NodeSpace space;
  private final Adjacency graph;
  private final MemorySegment walk;
  private final MemorySegment recordBytes;
  private final int pageRoom;

  private final NodeBits placed;
  private final NodeSet pooled = new NodeSet(1024);
  private int[] pool = new int[1024];
  // Sum of the distances to the members: for squared distances it orders as the distance to the
  // mean does.
  private float[] sums = new float[1024];
  private int poolSize;
  private int[] members = new int[64];
  private int memberCount;

  private final int[] row;
  private final float[] rowDistances;
  private final long[] rowKeys;
  private float[] distances = new float[1024];
  private int[] entrants = new int[POOL_NEIGHBOURS];

  private long position;
  private int nextSeed;

  private PagePacking(
      NodeSpace space,
      Adjacency graph,
      MemorySegment walk,
      MemorySegment recordBytes,
      int pageRoom,
      Arena arena) {
    this.space = space;
    this.graph = graph;
    this.walk = walk;
    this.recordBytes = recordBytes;
    this.pageRoom = pageRoom;
    this.placed = new NodeBits(graph.nodeCount(), arena);
    this.row = new int[graph.slots()];
    this.rowDistances = new float[graph.slots()];
    this.rowKeys = new long[graph.slots()];
  }

  /// Packs all nodes of a graph.
  ///
  /// @param walk the nodes in an order in which near ones come near each other, an int a node
  /// @param recordBytes about how many bytes of a page each node's record takes, a short a node
  /// @param pageRoom bytes of a page for records
  /// @param progress receives one unit a node
  /// @param pageStarts receives a bit for each position at which a page begins
  /// @return the nodes in the order of their pages, an int a node, in memory of the arena
  public static MemorySegment pack(
      NodeSpace space,
      Adjacency graph,
      MemorySegment walk,
      MemorySegment recordBytes,
      int pageRoom,
      BitSet pageStarts,
      Progress progress,
      Arena arena) {
    MemorySegment order = AlignedMemory.allocate(arena, walk.byteSize(), 64);
    try (Arena meanwhile = Arena.ofConfined()) {
      new PagePacking(space, graph, walk, recordBytes, pageRoom, meanwhile)
          .pack(order, pageStarts, progress);
    }
    return order;
  }

  /// Bytes that packing takes besides the graph and its vectors: walk, order, record sizes, bits.
  public static long bytes(long nodeCount) {
    return nodeCount * (2L * Integer.BYTES + Short.BYTES) + nodeCount / 4;
  }

  private void pack(MemorySegment order, BitSet pageStarts, Progress progress) {
    int nodeCount = graph.nodeCount();
    while (position < nodeCount) {
      long from = position;
      pageStarts.set((int) position);
      fillPage(order);
      progress.advance(position - from);
    }
  }

  private void fillPage(MemorySegment order) {
    poolSize = 0;
    memberCount = 0;
    pooled.clear();
    int room = pageRoom;
    while (true) {
      int node = takeNearest(room);
      if (node < 0) {
        node = poolSize == 0 ? seed(room) : -1;
      }
      if (node < 0) {
        return;
      }
      room -= size(node);
      placed.add(node);
      order.setAtIndex(NativeMemory.INT, position++, node);
      join(node);
    }
  }

  // The next unplaced node of the walk, if it fits.
  private int seed(int room) {
    while (nextSeed < graph.nodeCount()) {
      int node = walk.getAtIndex(NativeMemory.INT, nextSeed);
      if (!placed.contains(node)) {
        return memberCount == 0 || size(node) <= room ? node : -1;
      }
      nextSeed++;
    }
    return -1;
  }

  private int takeNearest(int room) {
    int best = -1;
    float bestSum = Float.POSITIVE_INFINITY;
    for (int i = 0; i < poolSize; i++) {
      if (sums[i] < bestSum && size(pool[i]) <= room) {
        best = i;
        bestSum = sums[i];
      }
    }
    if (best < 0) {
      return -1;
    }
    int node = pool[best];
    poolSize--;
    pool[best] = pool[poolSize];
    sums[best] = sums[poolSize];
    return node;
  }

  private void join(int node) {
    if (poolSize > distances.length) {
      distances = new float[pool.length];
    }
    space.distances(node, pool, poolSize, distances);
    for (int i = 0; i < poolSize; i++) {
      sums[i] += distances[i];
    }
    if (memberCount == members.length) {
      members = Arrays.copyOf(members, 2 * memberCount);
    }
    members[memberCount++] = node;
    admit(chooseEntrants(node));
  }

  // The nearest neighbours of a node that are neither placed nor in the pool, into `entrants`.
  private int chooseEntrants(int node) {
    int degree = graph.copy(node, row);
    int fresh = 0;
    for (int i = 0; i < degree; i++) {
      if (!placed.contains(row[i]) && !pooled.contains(row[i])) {
        row[fresh++] = row[i];
      }
    }
    if (fresh > POOL_NEIGHBOURS) {
      space.distances(node, row, fresh, rowDistances);
      for (int i = 0; i < fresh; i++) {
        rowKeys[i] = (long) Float.floatToRawIntBits(rowDistances[i]) << 32 | row[i];
      }
      Arrays.sort(rowKeys, 0, fresh);
      for (int i = 0; i < POOL_NEIGHBOURS; i++) {
        row[i] = (int) rowKeys[i];
      }
      fresh = POOL_NEIGHBOURS;
    }
    System.arraycopy(row, 0, entrants, 0, fresh);
    return fresh;
  }

  private void admit(int count) {
    if (poolSize + count > pool.length) {
      pool = Arrays.copyOf(pool, 2 * pool.length);
      sums = Arrays.copyOf(sums, pool.length);
    }
    for (int i = 0; i < count; i++) {
      pooled.add(entrants[i]);
      pool[poolSize + i] = entrants[i];
      sums[poolSize + i] = 0f;
    }
    for (int m = 0; m < memberCount; m++) {
      space.distances(members[m], entrants, count, rowDistances);
      for (int i = 0; i < count; i++) {
        sums[poolSize + i] += rowDistances[i];
      }
    }
    poolSize += count;
  }

  private int size(int node) {
    return Short.toUnsignedInt(recordBytes.getAtIndex(NativeMemory.SHORT, node));
  }
}
