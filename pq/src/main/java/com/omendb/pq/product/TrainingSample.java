package com.omendb.pq.product;

import static com.omendb.pq.simd.CentroidKernels.GROUP_COLUMN_BYTES;
import static com.omendb.pq.simd.CentroidKernels.GROUP_POINTS;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.rows.RowReader;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// A copy of the vectors that a codebook is trained on, in their own element type, with the factor
/// that brings each to unit length when that is asked for.
///
/// The rows are read once and in order, so that a source larger than memory is not paged in again
/// for every subspace. One row is drawn at random from each of `sampleCount` equal stretches of the
/// source. Valid while the arena is open; thread-safe once drawn.
///
/// @param rows the copied vectors
/// @param scales native `float[count]`, one factor a row
record TrainingSample(VectorSource rows, MemorySegment scales) {

  /// Copies at most `sampleCount` rows of `source` into memory of `arena`.
  static TrainingSample draw(
      VectorSource source, int sampleCount, long seed, boolean normalize, Arena arena) {
    int count = (int) Math.min(sampleCount, source.count());
    int vectorBytes = source.vectorBytes();
    MemorySegment copy = arena.allocate((long) count * vectorBytes, Long.BYTES);
    MemorySegment scales = arena.allocate(4L * count, Float.BYTES);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      long low = stretchStart(i, count, source.count());
      long row = random.nextLong(low, stretchStart(i + 1, count, source.count()));
      MemorySegment.copy(
          source.segment(), source.offset(row), copy, (long) i * vectorBytes, vectorBytes);
      scales.set(FLOAT, 4L * i, RowReader.scale(source, row, normalize));
    }
    VectorSource rows = VectorSource.dense(copy, count, source.dimension(), source.elementType());
    return new TrainingSample(rows, scales);
  }

  /// Native bytes that a sample of `count` rows takes.
  static long bytes(int vectorBytes, long count) {
    return count * (vectorBytes + 4L);
  }

  int count() {
    return (int) rows.count();
  }

  /// Writes the columns from `from` on of every row, scaled, in groups of points as
  /// [com.omendb.pq.simd.CentroidKernels#assign] takes them.
  void readSubspace(int from, int length, long target) {
    for (int i = 0; i < count(); i++) {
      float scale = ALL.get(FLOAT, scales.address() + 4L * i);
      long group = target + (i / GROUP_POINTS) * (length * GROUP_COLUMN_BYTES);
      long point = group + 4L * (i % GROUP_POINTS);
      RowReader.readColumns(rows, i, from, length, scale, point, GROUP_COLUMN_BYTES);
    }
  }

  /// `floor(i * total / count)` without overflow.
  private static long stretchStart(int i, int count, long total) {
    return i * (total / count) + i * (total % count) / count;
  }
}
