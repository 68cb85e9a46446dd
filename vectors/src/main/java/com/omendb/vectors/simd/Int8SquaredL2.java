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
/// Even and odd bytes become short lanes; a squared difference, at most 255 * 255, fits 16 bits
/// unsigned. How such lanes are summed is told in the documentation of the package. Two SIMD
/// vectors (128 elements with 512 bits) are computed without any loop.
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
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    int bytes = dimension;
    if (bytes == BLOCK_BYTES) {
      for (int i = 0; i < count; i++) {
        distances[i] = block(address, baseAddress + rows[i] * strideBytes);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      distances[i] = sum(address, baseAddress + rows[i] * strideBytes, bytes);
    }
  }

  private static int block(long a, long b) {
    ShortVector x0 = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE).reinterpretAsShorts();
    ShortVector y0 = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE).reinterpretAsShorts();
    ShortVector even0 =
        x0.lanewise(VectorOperators.LSHL, 8)
            .lanewise(VectorOperators.ASHR, 8)
            .sub(y0.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8));
    ShortVector odd0 =
        x0.lanewise(VectorOperators.ASHR, 8).sub(y0.lanewise(VectorOperators.ASHR, 8));
    IntVector evens0 = even0.mul(even0).reinterpretAsInts();
    IntVector odds0 = odd0.mul(odd0).reinterpretAsInts();
    ShortVector x1 = ByteVector.fromMemorySegment(BYTES, ALL, a + V, LITTLE).reinterpretAsShorts();
    ShortVector y1 = ByteVector.fromMemorySegment(BYTES, ALL, b + V, LITTLE).reinterpretAsShorts();
    ShortVector even1 =
        x1.lanewise(VectorOperators.LSHL, 8)
            .lanewise(VectorOperators.ASHR, 8)
            .sub(y1.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8));
    ShortVector odd1 =
        x1.lanewise(VectorOperators.ASHR, 8).sub(y1.lanewise(VectorOperators.ASHR, 8));
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

  private static int sum(long a, long b, int bytes) {
    IntVector all = IntVector.zero(INTS);
    IntVector high = IntVector.zero(INTS);
    for (long end = a + (bytes & -V); a != end; a += V, b += V) {
      ShortVector x = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE).reinterpretAsShorts();
      ShortVector y = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE).reinterpretAsShorts();
      ShortVector even =
          x.lanewise(VectorOperators.LSHL, 8)
              .lanewise(VectorOperators.ASHR, 8)
              .sub(y.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8));
      ShortVector odd =
          x.lanewise(VectorOperators.ASHR, 8).sub(y.lanewise(VectorOperators.ASHR, 8));
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
      ShortVector x =
          ByteVector.fromMemorySegment(BYTES, ALL, a - back, LITTLE)
              .and(mask)
              .reinterpretAsShorts();
      ShortVector y =
          ByteVector.fromMemorySegment(BYTES, ALL, b - back, LITTLE)
              .and(mask)
              .reinterpretAsShorts();
      ShortVector even =
          x.lanewise(VectorOperators.LSHL, 8)
              .lanewise(VectorOperators.ASHR, 8)
              .sub(y.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8));
      ShortVector odd =
          x.lanewise(VectorOperators.ASHR, 8).sub(y.lanewise(VectorOperators.ASHR, 8));
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
