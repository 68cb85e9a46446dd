package com.omendb.diskann.layout;

import com.omendb.diskann.format.NeighbourLists;
import com.omendb.pagecache.memory.AlignedMemory;
import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/// Makes [NeighbourLists] on several threads: lists of a stretch of vertices are chosen side by
/// side, then compressed in order.
final class ParallelLists {
  private static final int STRETCH = 1 << 16;

  private ParallelLists() {}

  /// Chooses the list of one vertex, with the scratch of one thread.
  interface Chooser {
    /// Writes the neighbours of a vertex, distinct and in any order, and returns how many.
    int choose(int vertex, int[] target);
  }

  /// Bytes beside the lists themselves.
  static long scratchBytes(int maxDegree) {
    return (long) STRETCH * (maxDegree + 1) * Integer.BYTES;
  }

  /// Makes the lists of all vertices, in memory of the arena.
  static NeighbourLists of(
      int vertexCount,
      int maxDegree,
      int threads,
      Supplier<Chooser> choosers,
      Progress progress,
      Arena arena) {
    int stride = maxDegree + 1;
    try (Arena scratch = Arena.ofShared()) {
      MemorySegment rows = AlignedMemory.allocate(scratch, scratchBytes(maxDegree), 64);
      NeighbourLists.Builder lists = null;
      int[] row = new int[maxDegree];
      for (int from = 0; from < vertexCount; from += STRETCH) {
        int first = from;
        int count = Math.min(STRETCH, vertexCount - from);
        Workers.forEach(
            count,
            threads,
            () -> {
              Chooser chooser = choosers.get();
              int[] chosen = new int[maxDegree];
              return (start, end) -> {
                for (long i = start; i < end; i++) {
                  int degree = chooser.choose((int) (first + i), chosen);
                  rows.setAtIndex(NativeMemory.INT, i * stride, degree);
                  MemorySegment.copy(
                      chosen, 0, rows, NativeMemory.INT, (i * stride + 1) * Integer.BYTES, degree);
                }
                progress.advance(end - start);
              };
            });
        if (lists == null) {
          int baseBits = NeighbourLists.chooseBaseBits(vertexCount, rows, stride, count);
          lists = new NeighbourLists.Builder(vertexCount, maxDegree, baseBits, arena);
        }
        for (long i = 0; i < count; i++) {
          int degree = rows.getAtIndex(NativeMemory.INT, i * stride);
          MemorySegment.copy(
              rows, NativeMemory.INT, (i * stride + 1) * Integer.BYTES, row, 0, degree);
          lists.add(row, degree);
        }
      }
      if (lists == null) {
        throw new IllegalArgumentException("a graph without vertices: vertexCount=0");
      }
      return lists.build();
    }
  }
}
