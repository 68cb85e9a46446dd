package com.omendb.diskann.building;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.RandomOrder;
import com.omendb.diskann.vamana.Touches;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
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
/// that is left; rows of one pivot go in the same way by pivots from among themselves. Immutable;
/// thread-safe while its arena is open.
final class LocalRows {
  private static final int ROWS_PER_PIVOT = 4096;
  private static final int MAX_PIVOTS = 256;
  private static final int ROWS_PER_INNER_PIVOT = 512;
  private static final long MAX_ORDERED_BYTES = 16L << 20;

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
    VectorSource vectors =
        VectorSource.dense(copies, count, input.dimension(), input.elementType());
    progress.phase("order vectors", count);
    try (Arena scratch = Arena.ofShared()) {
      MemorySegment cells = AlignedMemory.allocate(arena, (long) count * Short.BYTES, 64);
      NodeSpace space = new NodeSpace(input, metric, scratch);
      int[] pivots = chainedPivots(space, 0, count, ROWS_PER_PIVOT, seed);
      assign(space, pivots, threads, cells, progress);
      long[] starts = starts(cells, count, pivots.length);
      long[] next = starts.clone();
      for (int row = 0; row < count; row++) {
        long place = next[cells.getAtIndex(NativeMemory.SHORT, row)]++;
        inputRows.setAtIndex(NativeMemory.INT, place, row);
        MemorySegment.copy(
            input.segment(), input.offset(row), copies, place * vectorBytes, vectorBytes);
      }
      NodeSpace copied = new NodeSpace(vectors, metric, scratch);
      Workers.forEach(
          pivots.length,
          1,
          threads,
          () ->
              (from, to) -> {
                for (int cell = (int) from; cell < to; cell++) {
                  int rowsAtOnce = (int) Math.max(1, MAX_ORDERED_BYTES / vectorBytes);
                  long end = starts[cell + 1];
                  for (long at = starts[cell]; at < end; at += rowsAtOnce) {
                    orderWithin(
                        copied, inputRows, (int) at, (int) Math.min(end, at + rowsAtOnce), seed);
                  }
                }
              });
    }
    return new LocalRows(vectors, inputRows);
  }

  // Where the rows of each cell begin.
  private static long[] starts(MemorySegment cells, int count, int cellCount) {
    long[] starts = new long[cellCount + 1];
    for (long row = 0; row < count; row++) {
      starts[cells.getAtIndex(NativeMemory.SHORT, row) + 1]++;
    }
    for (int cell = 0; cell < cellCount; cell++) {
      starts[cell + 1] += starts[cell];
    }
    return starts;
  }

  // Orders some rows of one cell by pivots from among them.
  private static void orderWithin(
      NodeSpace space, MemorySegment inputRows, int from, int to, long seed) {
    int[] pivots = chainedPivots(space, from, to, ROWS_PER_INNER_PIVOT, seed);
    if (pivots.length < 2) {
      return;
    }
    int[] nearest = new int[to - from];
    int[] starts = new int[pivots.length + 1];
    float[] distances = new float[pivots.length];
    for (int row = from; row < to; row++) {
      nearest[row - from] = nearest(space, row, pivots, distances);
      starts[nearest[row - from] + 1]++;
    }
    for (int i = 0; i < pivots.length; i++) {
      starts[i + 1] += starts[i];
    }
    VectorSource vectors = space.vectors();
    long vectorBytes = vectors.vectorBytes();
    long idsFrom = (long) from * Integer.BYTES;
    long ids = (long) (to - from) * Integer.BYTES;
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment oldVectors = scratch.allocate((to - from) * vectorBytes, Long.BYTES);
      MemorySegment oldIds = scratch.allocate(ids, Long.BYTES);
      MemorySegment.copy(
          vectors.segment(), vectors.offset(from), oldVectors, 0, (to - from) * vectorBytes);
      MemorySegment.copy(inputRows, idsFrom, oldIds, 0, ids);
      for (int row = 0; row < to - from; row++) {
        int place = from + starts[nearest[row]]++;
        inputRows.setAtIndex(NativeMemory.INT, place, oldIds.getAtIndex(NativeMemory.INT, row));
        MemorySegment.copy(
            oldVectors, row * vectorBytes, vectors.segment(), vectors.offset(place), vectorBytes);
      }
    }
  }

  /// Copies the vectors of an input into an order that was found before.
  ///
  /// @param inputRows the row of the input that each vector is, an int each; stays in use
  /// @param touches called before places of the arena are touched at random
  static LocalRows inOrder(
      VectorSource input,
      MemorySegment inputRows,
      Touches touches,
      Arena arena,
      Progress progress) {
    int count = (int) input.count();
    long vectorBytes = input.vectorBytes();
    MemorySegment copies = AlignedMemory.allocate(arena, count * vectorBytes, 64);
    progress.phase("copy vectors", count);
    // The input is read from its first row to its last: it may be larger than memory.
    try (Arena scratch = Arena.ofShared()) {
      MemorySegment places = AlignedMemory.allocate(scratch, (long) count * Integer.BYTES, 64);
      for (int place = 0; place < count; place++) {
        int row = inputRows.getAtIndex(NativeMemory.INT, place);
        places.setAtIndex(NativeMemory.INT, row, place);
      }
      for (int row = 0; row < count; row++) {
        touches.before(1);
        long place = places.getAtIndex(NativeMemory.INT, row);
        MemorySegment.copy(
            input.segment(), input.offset(row), copies, place * vectorBytes, vectorBytes);
      }
    }
    progress.advance(count);
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

  private static int[] chainedPivots(
      NodeSpace space, int from, int to, int rowsPerPivot, long seed) {
    int count = Math.clamp((to - from) / rowsPerPivot, 1, MAX_PIVOTS);
    if (count < 2) {
      return new int[] {from};
    }
    RandomOrder random = new RandomOrder(to - from, seed);
    int[] pivots = new int[count];
    for (int i = 0; i < count; i++) {
      pivots[i] = from + (int) random.at(i);
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
              int nearest = nearest(space, (int) row, pivots, distances);
              cells.setAtIndex(NativeMemory.SHORT, row, (short) nearest);
            }
            progress.advance(to - from);
          };
        });
  }

  private static int nearest(NodeSpace space, int row, int[] pivots, float[] distances) {
    space.distances(row, pivots, pivots.length, distances);
    int nearest = 0;
    for (int i = 1; i < pivots.length; i++) {
      if (distances[i] < distances[nearest]) {
        nearest = i;
      }
    }
    return nearest;
  }
}
