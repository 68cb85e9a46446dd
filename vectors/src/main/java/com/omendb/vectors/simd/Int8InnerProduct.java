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

/// The negated inner product of int8 vectors of at least one SIMD vector's length.
///
/// Even and odd bytes become short lanes. The sum of two products is -32512 to 32768, so that with
/// a bias of 32767 it fits 16 bits unsigned. The documentation of the package explains how such
/// lanes are summed; the biases are taken off at the end.
final class Int8InnerProduct implements DistanceKernel {
  private static final int V = VECTOR_BYTES;
  private static final short BIAS = 32767;

  private final int dimension;

  Int8InnerProduct(int dimension) {
    this.dimension = dimension;
  }

  @Override
  public float distance(long addressA, long addressB) {
    return -dot(addressA, addressB, dimension);
  }

  @Override
  public double preciseDistance(long addressA, long addressB) {
    return -dot(addressA, addressB, dimension);
  }

  @Override
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    int bytes = dimension;
    for (int i = 0; i < count; i++) {
      distances[i] = -dot(address, baseAddress + rows[i] * strideBytes, bytes);
    }
  }

  private static int dot(long a, long b, int bytes) {
    IntVector all = IntVector.zero(INTS);
    IntVector high = IntVector.zero(INTS);
    for (long end = a + (bytes & -V); a != end; a += V, b += V) {
      ShortVector x = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE).reinterpretAsShorts();
      ShortVector y = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE).reinterpretAsShorts();
      IntVector pairs =
          x.lanewise(VectorOperators.LSHL, 8)
              .lanewise(VectorOperators.ASHR, 8)
              .mul(y.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8))
              .add(x.lanewise(VectorOperators.ASHR, 8).mul(y.lanewise(VectorOperators.ASHR, 8)))
              .add(BIAS)
              .reinterpretAsInts();
      all = all.add(pairs);
      high = high.add(pairs.lanewise(VectorOperators.LSHR, 16));
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
          ByteVector.fromMemorySegment(BYTES, ALL, b - back, LITTLE).reinterpretAsShorts();
      IntVector pairs =
          x.lanewise(VectorOperators.LSHL, 8)
              .lanewise(VectorOperators.ASHR, 8)
              .mul(y.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8))
              .add(x.lanewise(VectorOperators.ASHR, 8).mul(y.lanewise(VectorOperators.ASHR, 8)))
              .add(BIAS)
              .reinterpretAsInts();
      all = all.add(pairs);
      high = high.add(pairs.lanewise(VectorOperators.LSHR, 16));
    }
    int vectors = (bytes + V - 1) / V;
    return all.sub(high.lanewise(VectorOperators.LSHL, 16))
            .add(high)
            .reduceLanes(VectorOperators.ADD)
        - vectors * (V / 2) * BIAS;
  }
}
