package com.omendb.diskann.build;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.diskann.vamana.Workers;
import com.omendb.pagecache.AlignedMemory;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The vectors of an input, copied into an order in which near ones lie near each other, and which
/// row of the input each of them is.
///
/// What is done with a vector later mostly touches its neighbours: in this order they are in the
/// same pages of memory, in the processor's caches, and, where the data is larger than memory, on
/// the same part of the disk.
///
/// Rows go by the nearest of some random pivots, the pivots by a chain from each to the nearest
/// that is left. Immutable; thread-safe while its arena is open.
final class LocalRows {
  private static final int ROWS_PER_PIVOT = 4096;
  private static final int MAX_PIVOTS = 256;

  private final VectorSource vectors;
  private final MemorySegment inputRows;

  private LocalRows(VectorSource vectors, MemorySegment inputRows) {
    this.vectors = vectors;
    this.inputRows = inputRows;
  }

  /// Copies the vectors of an input into memory of the arena.
  static LocalRows of(
      VectorSource input, Metric metric, int threads, long seed, Arena arena, Progress progress) {
    int count = (int) input.count();
    long vectorBytes = input.vectorBytes();
    MemorySegment copies = AlignedMemory.allocate(arena, count * vectorBytes, 64);
    MemorySegment inputRows = AlignedMemory.allocate(arena, (long) count * Integer.BYTES, 64);
    try (Arena scratch = Arena.ofShared()) {
      MemorySegment cells = AlignedMemory.allocate(arena, (long) count * Short.BYTES, 64);
      NodeSpace space = new NodeSpace(input, metric, scratch);
      int[] pivots = chainedPivots(space, seed);
      progress.phase("order vectors", count);
      assign(space, pivots, threads, cells, progress);
      long[] next = new long[pivots.length];
      for (long row = 0; row < count; row++) {
        int cell = cells.getAtIndex(NativeMemory.SHORT, row);
        if (cell + 1 < next.length) {
          next[cell + 1]++;
        }
      }
      for (int cell = 1; cell < next.length; cell++) {
        next[cell] += next[cell - 1];
      }
      for (int row = 0; row < count; row++) {
        long place = next[cells.getAtIndex(NativeMemory.SHORT, row)]++;
        inputRows.setAtIndex(NativeMemory.INT, place, row);
        MemorySegment.copy(
            input.segment(), input.offset(row), copies, place * vectorBytes, vectorBytes);
      }
    }
    return new LocalRows(
        VectorSource.dense(copies, count, input.dimension(), input.elementType()), inputRows);
  }

  /// Native bytes beside the vectors themselves: rows, cells and what the metric needs.
  static long bytes(long count, Metric metric) {
    return count * (Integer.BYTES + Short.BYTES) + NodeSpace.bytes(count, metric);
  }

  /// The vectors in their new order.
  VectorSource vectors() {
    return vectors;
  }

  /// The row of the input that a vector was.
  long inputRow(int row) {
    return inputRows.getAtIndex(NativeMemory.INT, row);
  }

  private static int[] chainedPivots(NodeSpace space, long seed) {
    int count = Math.clamp(space.count() / ROWS_PER_PIVOT, 1, MAX_PIVOTS);
    RandomOrder random = new RandomOrder(space.count(), seed);
    int[] pivots = new int[count];
    for (int i = 0; i < count; i++) {
      pivots[i] = (int) random.at(i);
    }
    for (int i = 0; i + 1 < count; i++) {
      int nearest = i + 1;
      for (int j = i + 2; j < count; j++) {
        if (space.distance(pivots[i], pivots[j]) < space.distance(pivots[i], pivots[nearest])) {
          nearest = j;
        }
      }
      int swapped = pivots[i + 1];
      pivots[i + 1] = pivots[nearest];
      pivots[nearest] = swapped;
    }
    return pivots;
  }

  // The nearest pivot of every row, a short each.
  private static void assign(
      NodeSpace space, int[] pivots, int threads, MemorySegment cells, Progress progress) {
    Workers.forEach(
        space.count(),
        threads,
        () -> {
          float[] distances = new float[pivots.length];
          return (from, to) -> {
            for (long row = from; row < to; row++) {
              space.distances((int) row, pivots, pivots.length, distances);
              int nearest = 0;
              for (int i = 1; i < pivots.length; i++) {
                if (distances[i] < distances[nearest]) {
                  nearest = i;
                }
              }
              cells.setAtIndex(NativeMemory.SHORT, row, (short) nearest);
            }
            progress.advance(to - from);
          };
        });
  }
}
