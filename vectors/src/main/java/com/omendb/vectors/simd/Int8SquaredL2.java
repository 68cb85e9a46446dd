package com.omendb.vectors.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.simd.Lanes.BYTES;
import static com.omendb.vectors.simd.Lanes.INTS;
import static com.omendb.vectors.simd.Lanes.LITTLE;
import static com.omendb.vectors.simd.Lanes.TAIL_MASKS;
import static com.omendb.vectors.simd.Lanes.VECTOR_BYTES;

import com.omendb.vectors.DistanceKernel;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Squared L2 over int8 vectors of at least one SIMD vector's length.
///
/// The greater less the smaller byte is an unsigned byte. Even and odd ones become short lanes; a
/// squared difference, at most 255 * 255, fits 16 bits unsigned. The documentation of the package
/// explains how such lanes are summed. Two SIMD vectors (128 elements with 512 bits) are computed
/// without any loop.
final class Int8SquaredL2 implements DistanceKernel {
  private static final int V = VECTOR_BYTES;
  private static final int BLOCK_BYTES = 2 * V;

  private final int dimension;

  Int8SquaredL2(int dimension) {
    this.dimension = dimension;
  }

  @Override
  public float distance(long addressA, long addressB) {
    if (dimension == BLOCK_BYTES) {
      return block(addressA, addressB);
    }
    return sum(addressA, addressB, dimension);
  }

  @Override
  public double preciseDistance(long addressA, long addressB) {
    return sum(addressA, addressB, dimension);
  }

  @Override
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    int bytes = dimension;
    if (bytes == BLOCK_BYTES) {
      blocks(address, baseAddress, strideBytes, rows, count, distances);
      return;
    }
    for (int i = 0; i < count; i++) {
      distances[i] = sum(address, baseAddress + rows[i] * strideBytes, bytes);
    }
  }

  private static int block(long a, long b) {
    ByteVector x0 = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE);
    ByteVector y0 = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE);
    ShortVector differences0 = x0.max(y0).sub(x0.min(y0)).reinterpretAsShorts();
    ShortVector even0 = differences0.and((short) 0xff);
    ShortVector odd0 = differences0.lanewise(VectorOperators.LSHR, 8);
    ByteVector x1 = ByteVector.fromMemorySegment(BYTES, ALL, a + V, LITTLE);
    ByteVector y1 = ByteVector.fromMemorySegment(BYTES, ALL, b + V, LITTLE);
    ShortVector differences1 = x1.max(y1).sub(x1.min(y1)).reinterpretAsShorts();
    ShortVector even1 = differences1.and((short) 0xff);
    ShortVector odd1 = differences1.lanewise(VectorOperators.LSHR, 8);
    IntVector evens0 = even0.mul(even0).reinterpretAsInts();
    IntVector odds0 = odd0.mul(odd0).reinterpretAsInts();
    IntVector evens1 = even1.mul(even1).reinterpretAsInts();
    IntVector odds1 = odd1.mul(odd1).reinterpretAsInts();
    IntVector all = evens0.add(odds0).add(evens1.add(odds1));
    IntVector high =
        evens0
            .lanewise(VectorOperators.LSHR, 16)
            .add(odds0.lanewise(VectorOperators.LSHR, 16))
            .add(
                evens1
                    .lanewise(VectorOperators.LSHR, 16)
                    .add(odds1.lanewise(VectorOperators.LSHR, 16)));
    return all.sub(high.lanewise(VectorOperators.LSHL, 16))
        .add(high)
        .reduceLanes(VectorOperators.ADD);
  }

  /// The same as [#block] for many rows, with the first vector held in registers.
  private static void blocks(
      long a, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    ByteVector x0 = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE);
    ByteVector x1 = ByteVector.fromMemorySegment(BYTES, ALL, a + V, LITTLE);
    for (int i = 0; i < count; i++) {
      long b = baseAddress + rows[i] * strideBytes;
      ByteVector y0 = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE);
      ShortVector differences0 = x0.max(y0).sub(x0.min(y0)).reinterpretAsShorts();
      ShortVector even0 = differences0.and((short) 0xff);
      ShortVector odd0 = differences0.lanewise(VectorOperators.LSHR, 8);
      ByteVector y1 = ByteVector.fromMemorySegment(BYTES, ALL, b + V, LITTLE);
      ShortVector differences1 = x1.max(y1).sub(x1.min(y1)).reinterpretAsShorts();
      ShortVector even1 = differences1.and((short) 0xff);
      ShortVector odd1 = differences1.lanewise(VectorOperators.LSHR, 8);
      IntVector evens0 = even0.mul(even0).reinterpretAsInts();
      IntVector odds0 = odd0.mul(odd0).reinterpretAsInts();
      IntVector evens1 = even1.mul(even1).reinterpretAsInts();
      IntVector odds1 = odd1.mul(odd1).reinterpretAsInts();
      IntVector all = evens0.add(odds0).add(evens1.add(odds1));
      IntVector high =
          evens0
              .lanewise(VectorOperators.LSHR, 16)
              .add(odds0.lanewise(VectorOperators.LSHR, 16))
              .add(
                  evens1
                      .lanewise(VectorOperators.LSHR, 16)
                      .add(odds1.lanewise(VectorOperators.LSHR, 16)));
      distances[i] =
          all.sub(high.lanewise(VectorOperators.LSHL, 16))
              .add(high)
              .reduceLanes(VectorOperators.ADD);
    }
  }

  private static int sum(long a, long b, int bytes) {
    IntVector all = IntVector.zero(INTS);
    IntVector high = IntVector.zero(INTS);
    for (long end = a + (bytes & -V); a != end; a += V, b += V) {
      ByteVector x = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE);
      ByteVector y = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE);
      ShortVector differences = x.max(y).sub(x.min(y)).reinterpretAsShorts();
      ShortVector even = differences.and((short) 0xff);
      ShortVector odd = differences.lanewise(VectorOperators.LSHR, 8);
      IntVector evens = even.mul(even).reinterpretAsInts();
      IntVector odds = odd.mul(odd).reinterpretAsInts();
      all = all.add(evens).add(odds);
      high =
          high.add(evens.lanewise(VectorOperators.LSHR, 16))
              .add(odds.lanewise(VectorOperators.LSHR, 16));
    }
    int tailBytes = bytes & (V - 1);
    if (tailBytes != 0) {
      int back = V - tailBytes;
      ByteVector mask = ByteVector.fromMemorySegment(BYTES, ALL, TAIL_MASKS + tailBytes, LITTLE);
      ByteVector x = ByteVector.fromMemorySegment(BYTES, ALL, a - back, LITTLE).and(mask);
      ByteVector y = ByteVector.fromMemorySegment(BYTES, ALL, b - back, LITTLE).and(mask);
      ShortVector differences = x.max(y).sub(x.min(y)).reinterpretAsShorts();
      ShortVector even = differences.and((short) 0xff);
      ShortVector odd = differences.lanewise(VectorOperators.LSHR, 8);
      IntVector evens = even.mul(even).reinterpretAsInts();
      IntVector odds = odd.mul(odd).reinterpretAsInts();
      all = all.add(evens).add(odds);
      high =
          high.add(evens.lanewise(VectorOperators.LSHR, 16))
              .add(odds.lanewise(VectorOperators.LSHR, 16));
    }
    return all.sub(high.lanewise(VectorOperators.LSHL, 16))
        .add(high)
        .reduceLanes(VectorOperators.ADD);
  }
}
