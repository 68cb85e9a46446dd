package com.omendb.vectors.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.simd.Lanes.BYTES;
import static com.omendb.vectors.simd.Lanes.INTS;
import static com.omendb.vectors.simd.Lanes.LITTLE;
import static com.omendb.vectors.simd.Lanes.TAIL_MASKS;
import static com.omendb.vectors.simd.Lanes.VECTOR_BYTES;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.scalar.CosineDistance;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// One minus the cosine of int8 vectors of at least one SIMD vector's length.
///
/// The dot product and both squared norms are summed in one pass, each as in [Int8InnerProduct]; a
/// pair of squares, at most 32768, fits 16 bits unsigned without a bias.
final class Int8Cosine implements DistanceKernel {
  private static final int V = VECTOR_BYTES;
  private static final short BIAS = 32767;

  private final int dimension;

  Int8Cosine(int dimension) {
    this.dimension = dimension;
  }

  @Override
  public float distance(long addressA, long addressB) {
    return (float) cosineDistance(addressA, addressB, dimension);
  }

  @Override
  public double preciseDistance(long addressA, long addressB) {
    return cosineDistance(addressA, addressB, dimension);
  }

  @Override
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    int bytes = dimension;
    for (int i = 0; i < count; i++) {
      distances[i] = (float) cosineDistance(address, baseAddress + rows[i] * strideBytes, bytes);
    }
  }

  private static double cosineDistance(long a, long b, int bytes) {
    IntVector dotAll = IntVector.zero(INTS);
    IntVector dotHigh = IntVector.zero(INTS);
    IntVector normAAll = IntVector.zero(INTS);
    IntVector normAHigh = IntVector.zero(INTS);
    IntVector normBAll = IntVector.zero(INTS);
    IntVector normBHigh = IntVector.zero(INTS);
    for (long end = a + (bytes & -V); a != end; a += V, b += V) {
      ShortVector x = ByteVector.fromMemorySegment(BYTES, ALL, a, LITTLE).reinterpretAsShorts();
      ShortVector y = ByteVector.fromMemorySegment(BYTES, ALL, b, LITTLE).reinterpretAsShorts();
      ShortVector evenX = x.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
      ShortVector evenY = y.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
      ShortVector oddX = x.lanewise(VectorOperators.ASHR, 8);
      ShortVector oddY = y.lanewise(VectorOperators.ASHR, 8);
      IntVector dotPairs = evenX.mul(evenY).add(oddX.mul(oddY)).add(BIAS).reinterpretAsInts();
      dotAll = dotAll.add(dotPairs);
      dotHigh = dotHigh.add(dotPairs.lanewise(VectorOperators.LSHR, 16));
      IntVector normAPairs = evenX.mul(evenX).add(oddX.mul(oddX)).reinterpretAsInts();
      normAAll = normAAll.add(normAPairs);
      normAHigh = normAHigh.add(normAPairs.lanewise(VectorOperators.LSHR, 16));
      IntVector normBPairs = evenY.mul(evenY).add(oddY.mul(oddY)).reinterpretAsInts();
      normBAll = normBAll.add(normBPairs);
      normBHigh = normBHigh.add(normBPairs.lanewise(VectorOperators.LSHR, 16));
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
      ShortVector evenX = x.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
      ShortVector evenY = y.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
      ShortVector oddX = x.lanewise(VectorOperators.ASHR, 8);
      ShortVector oddY = y.lanewise(VectorOperators.ASHR, 8);
      IntVector dotPairs = evenX.mul(evenY).add(oddX.mul(oddY)).add(BIAS).reinterpretAsInts();
      dotAll = dotAll.add(dotPairs);
      dotHigh = dotHigh.add(dotPairs.lanewise(VectorOperators.LSHR, 16));
      IntVector normAPairs = evenX.mul(evenX).add(oddX.mul(oddX)).reinterpretAsInts();
      normAAll = normAAll.add(normAPairs);
      normAHigh = normAHigh.add(normAPairs.lanewise(VectorOperators.LSHR, 16));
      IntVector normBPairs = evenY.mul(evenY).add(oddY.mul(oddY)).reinterpretAsInts();
      normBAll = normBAll.add(normBPairs);
      normBHigh = normBHigh.add(normBPairs.lanewise(VectorOperators.LSHR, 16));
    }
    int vectors = (bytes + V - 1) / V;
    int dot =
        dotAll
                .sub(dotHigh.lanewise(VectorOperators.LSHL, 16))
                .add(dotHigh)
                .reduceLanes(VectorOperators.ADD)
            - vectors * (V / 2) * BIAS;
    int normA =
        normAAll
            .sub(normAHigh.lanewise(VectorOperators.LSHL, 16))
            .add(normAHigh)
            .reduceLanes(VectorOperators.ADD);
    int normB =
        normBAll
            .sub(normBHigh.lanewise(VectorOperators.LSHL, 16))
            .add(normBHigh)
            .reduceLanes(VectorOperators.ADD);
    return CosineDistance.ofIntegerSums(dot, normA, normB);
  }
}
