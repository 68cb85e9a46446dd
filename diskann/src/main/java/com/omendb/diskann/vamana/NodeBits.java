package com.omendb.diskann.vamana;

import com.omendb.pagecache.memory.AlignedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// A set of nodes, a bit each in native memory, to which several threads may add.
public final class NodeBits {
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment words;

  /// An empty set for the nodes 0..nodeCount-1.
  public NodeBits(long nodeCount, Arena arena) {
    words = AlignedMemory.allocate(arena, bytes(nodeCount), 64);
  }

  /// Native bytes of a set.
  public static long bytes(long nodeCount) {
    return (nodeCount + 63) / 64 * Long.BYTES;
  }

  /// Adds a node; returns whether it was not there.
  public boolean add(long node) {
    long bit = 1L << (node & 63);
    long offset = (node >>> 6) * Long.BYTES;
    // Most are there already: looking is cheaper than writing.
    return (word(offset) & bit) == 0
        && ((long) WORD.getAndBitwiseOr(words, offset, bit) & bit) == 0;
  }

  /// Removes a node.
  public void remove(long node) {
    WORD.getAndBitwiseAnd(words, (node >>> 6) * Long.BYTES, ~(1L << (node & 63)));
  }

  /// Removes all nodes.
  public void clear() {
    words.fill((byte) 0);
  }

  /// Whether a node is in the set.
  public boolean contains(long node) {
    return (word((node >>> 6) * Long.BYTES) & 1L << (node & 63)) != 0;
  }

  /// The first node from `from` on, below `end`, that is in this set and not in another; `end` if
  /// there is none.
  public long nextNotIn(NodeBits other, long from, long end) {
    long node = from;
    while (node < end) {
      long offset = (node >>> 6) * Long.BYTES;
      long rest = (word(offset) & ~other.word(offset)) >>> (node & 63);
      if (rest != 0) {
        return Math.min(end, node + Long.numberOfTrailingZeros(rest));
      }
      node = (node | 63) + 1;
    }
    return end;
  }

  /// The first node from `from` on, below `end`, that is in this set; `end` if there is none.
  public long next(long from, long end) {
    long node = from;
    while (node < end) {
      long rest = word((node >>> 6) * Long.BYTES) >>> (node & 63);
      if (rest != 0) {
        return Math.min(end, node + Long.numberOfTrailingZeros(rest));
      }
      node = (node | 63) + 1;
    }
    return end;
  }

  /// The first node from `from` on, below `end`, that is not in this set; `end` if there is none.
  public long nextMissing(long from, long end) {
    long node = from;
    while (node < end) {
      long rest = ~word((node >>> 6) * Long.BYTES) >>> (node & 63);
      if (rest != 0) {
        return Math.min(end, node + Long.numberOfTrailingZeros(rest));
      }
      node = (node | 63) + 1;
    }
    return end;
  }

  private long word(long offset) {
    return (long) WORD.getOpaque(words, offset);
  }
}
