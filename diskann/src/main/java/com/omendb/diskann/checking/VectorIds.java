package com.omendb.diskann.checking;

import com.omendb.diskann.vamana.NodeBits;
import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The vectorIds that were seen, to tell those that two nodes have. Thread-safe.
///
/// Ids below the number of nodes, which are nearly all, have a bit each; others a bit each in
/// blocks of 8 KiB, of which there are as many as memory allows.
final class VectorIds {
  private static final int BLOCK_BITS = 1 << 16;
  private static final long BLOCK_BYTES = BLOCK_BITS / Byte.SIZE;

  private final long nodeCount;
  private final long maxBlocks;
  private final NodeBits low;
  private final ConcurrentHashMap<Long, NodeBits> high = new ConcurrentHashMap<>();
  private final AtomicLong unknown = new AtomicLong();
  private final Arena arena;

  /// @param highBytes memory for ids that are not below the number of nodes
  VectorIds(long nodeCount, long highBytes, Arena arena) {
    this.nodeCount = nodeCount;
    this.maxBlocks = highBytes / BLOCK_BYTES;
    this.low = new NodeBits(nodeCount, arena);
    this.arena = arena;
  }

  /// Whether an id was not seen before, or there is no telling.
  boolean add(long id) {
    if (id < nodeCount) {
      return low.add(id);
    }
    long number = id / BLOCK_BITS;
    NodeBits block = high.get(number);
    if (block == null) {
      if (high.size() >= maxBlocks) {
        unknown.incrementAndGet();
        return true;
      }
      block = high.computeIfAbsent(number, _ -> new NodeBits(BLOCK_BITS, arena));
    }
    return block.add(id % BLOCK_BITS);
  }

  /// Ids that were not compared with others, for want of memory.
  long unknownCount() {
    return unknown.get();
  }
}
