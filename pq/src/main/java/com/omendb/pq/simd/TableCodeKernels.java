package com.omendb.pq.simd;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;
import static com.omendb.vectors.memory.NativeMemory.LONG;
import static com.omendb.vectors.memory.NativeMemory.SHORT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Code kernels for processors that cannot permute bytes over 512 bits, which is most of them: SIMD
/// makes the table, and its numbers are looked up one at a time.
///
/// The numbers lie in the scratch memory as shorts: half the bytes of the table of floats, so that
/// 48 subspaces fit the first-level cache. A code is read eight bytes at a time.
public final class TableCodeKernels implements CodeKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();

  // Half as wide: a short for each float.
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

  /// Shorts of one subspace.
  private static final long ROW_BYTES = 2L * CENTROID_COUNT;

  /// A stateless instance.
  public TableCodeKernels() {}

  /// Whether the JVM prefers vectors of a width that these can work with.
  public static boolean supported() {
    return FLOATS.vectorBitSize() >= 128 && CENTROID_COUNT % LANES == 0;
  }

  @Override
  public void ranges(long table, int subspaceCount, long ranges) {
    for (int s = 0; s < subspaceCount; s++) {
      range(table + s * COLUMN_BYTES, ranges + 8L * s);
    }
  }

  private static void range(long row, long target) {
    FloatVector min = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < CENTROID_COUNT; i += LANES) {
      FloatVector numbers = FloatVector.fromMemorySegment(FLOATS, ALL, row + 4L * i, LITTLE_ENDIAN);
      min = min.min(numbers);
      max = max.max(numbers);
    }
    ALL.set(FLOAT, target, min.reduceLanes(VectorOperators.MIN));
    ALL.set(FLOAT, target + 4, max.reduceLanes(VectorOperators.MAX));
  }

  @Override
  public void quantize(long table, int subspaceCount, long ranges, float factor, long scratch) {
    for (int s = 0; s < subspaceCount; s++) {
      float min = ALL.get(FLOAT, ranges + 8L * s);
      quantizeRow(table + s * COLUMN_BYTES, min, factor, scratch + s * ROW_BYTES);
    }
  }

  private static void quantizeRow(long row, float min, float factor, long target) {
    for (int i = 0; i < CENTROID_COUNT; i += LANES) {
      FloatVector numbers = FloatVector.fromMemorySegment(FLOATS, ALL, row + 4L * i, LITTLE_ENDIAN);
      IntVector whole =
          (IntVector)
              numbers.sub(min).mul(factor).add(0.5f).convertShape(VectorOperators.F2I, INTS, 0);
      ((FloatVector) whole.convertShape(VectorOperators.I2F, FLOATS, 0))
          .intoMemorySegment(ALL, row + 4L * i, LITTLE_ENDIAN);
      ((ShortVector) whole.convertShape(VectorOperators.I2S, SHORTS, 0))
          .intoMemorySegment(ALL, target + 2L * i, LITTLE_ENDIAN);
    }
  }

  @Override
  public void sum(long table, int subspaceCount, long scratch, long codes, int count, long sums) {
    for (int i = 0; i < count; i++) {
      ALL.set(INT, sums + 4L * i, sum(scratch, codes + (long) i * subspaceCount, subspaceCount));
    }
  }

  @Override
  public void sumOf(
      long table,
      int subspaceCount,
      long scratch,
      long codes,
      int[] nodes,
      int from,
      int count,
      long batch,
      long sums) {
    CodeKernels.touch(codes, nodes, from, count, subspaceCount);
    for (int i = 0; i < count; i++) {
      long code = codes + (long) nodes[from + i] * subspaceCount;
      ALL.set(INT, sums + 4L * i, sum(scratch, code, subspaceCount));
    }
  }

  private static int sum(long shorts, long code, int subspaceCount) {
    int sum = 0;
    long row = shorts;
    int s = 0;
    for (; s <= subspaceCount - Long.BYTES; s += Long.BYTES) {
      long eight = ALL.get(LONG, code + s);
      sum +=
          number(row, eight)
              + number(row + ROW_BYTES, eight >>> 8)
              + number(row + 2 * ROW_BYTES, eight >>> 16)
              + number(row + 3 * ROW_BYTES, eight >>> 24)
              + number(row + 4 * ROW_BYTES, eight >>> 32)
              + number(row + 5 * ROW_BYTES, eight >>> 40)
              + number(row + 6 * ROW_BYTES, eight >>> 48)
              + number(row + 7 * ROW_BYTES, eight >>> 56);
      row += Long.BYTES * ROW_BYTES;
    }
    for (; s < subspaceCount; s++) {
      sum += number(row, ALL.get(BYTE, code + s));
      row += ROW_BYTES;
    }
    return sum;
  }

  // The number of a row that the lowest byte selects.
  private static int number(long row, long bytes) {
    return ALL.get(SHORT, row + 2 * (bytes & 0xff)) & 0xffff;
  }
}
