package com.omendb.diskann.vamana;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A few nodes whose distances to each other are wanted many times: their vectors are copied side
/// by side into memory that stays in the processor's nearest caches.
///
/// Long vectors are not copied, because they would not fit there and their distances cost more than
/// the way to them. Owns the scratch of one thread; not thread-safe.
final class PackedNodes {
  private static final int LARGEST_COPIED_BYTES = 512;
  private static final int CACHE_LINE_BYTES = 64;

  private final NodeSpace space;
  private final boolean copied;
  private final int vectorBytes;
  private final long strideBytes;
  private MemorySegment block = MemorySegment.NULL;
  private int[] nodes = new int[0];
  private int[] others = new int[0];
  private int[] everyPosition = new int[0];
  private float[] perNode = new float[0];

  PackedNodes(NodeSpace space) {
    this.space = space;
    this.vectorBytes = space.vectors().vectorBytes();
    this.copied = vectorBytes <= LARGEST_COPIED_BYTES;
    this.strideBytes = (vectorBytes + CACHE_LINE_BYTES - 1L) & -CACHE_LINE_BYTES;
  }

  /// Takes nodes in; node i is at position i until the next load.
  void load(int[] newNodes, int count) {
    if (count > nodes.length) {
      grow(count);
    }
    System.arraycopy(newNodes, 0, nodes, 0, count);
    if (!copied) {
      return;
    }
    space.touch(nodes, count);
    long target = block.address();
    for (int i = 0; i < count; i++) {
      copyVector(space.address(nodes[i]), target);
      target += strideBytes;
    }
    if (space.hasPerNode()) {
      for (int i = 0; i < count; i++) {
        perNode[i] = space.perNode(nodes[i]);
      }
    }
  }

  /// Distances from any node of the space to the first `count` positions, in their order.
  void distancesFrom(int node, int count, float[] distances) {
    if (copied) {
      space.distancesOfCopies(
          space.address(node),
          space.hasPerNode() ? space.perNode(node) : 0,
          block.address(),
          strideBytes,
          perNode,
          everyPosition,
          count,
          distances);
    } else {
      space.distances(node, nodes, count, distances);
    }
  }

  /// Distances from the node at one position to those at others, into `distances[0..count)`.
  void distances(int from, int[] positions, int count, float[] distances) {
    if (copied) {
      long base = block.address();
      space.distancesOfCopies(
          base + from * strideBytes,
          space.hasPerNode() ? perNode[from] : 0,
          base,
          strideBytes,
          perNode,
          positions,
          count,
          distances);
    } else {
      for (int i = 0; i < count; i++) {
        others[i] = nodes[positions[i]];
      }
      space.distances(nodes[from], others, count, distances);
    }
  }

  private void copyVector(long from, long to) {
    int at = 0;
    for (; at + Long.BYTES <= vectorBytes; at += Long.BYTES) {
      NativeMemory.ALL.set(
          NativeMemory.LONG, to + at, NativeMemory.ALL.get(NativeMemory.LONG, from + at));
    }
    for (; at < vectorBytes; at++) {
      NativeMemory.ALL.set(
          NativeMemory.BYTE, to + at, NativeMemory.ALL.get(NativeMemory.BYTE, from + at));
    }
  }

  private void grow(int count) {
    int length = Math.max(128, Integer.highestOneBit(count * 2 - 1));
    nodes = new int[length];
    others = new int[copied ? 0 : length];
    perNode = new float[space.hasPerNode() ? length : 0];
    everyPosition = new int[length];
    Arrays.setAll(everyPosition, i -> i);
    if (copied) {
      block = Arena.ofAuto().allocate(length * strideBytes, CACHE_LINE_BYTES);
    }
  }
}
