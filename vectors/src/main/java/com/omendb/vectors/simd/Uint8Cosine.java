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

/// One minus the cosine of uint8 vectors of at least one SIMD vector's length.
///
/// The dot product and both squared norms are summed in one pass, each as in [Uint8InnerProduct].
final class Uint8Cosine implements DistanceKernel {
  private static final int V = VECTOR_BYTES;

  private final int dimension;

  Uint8Cosine(int dimension) {
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
      ShortVector evenX = x.and((short) 0xff);
      ShortVector evenY = y.and((short) 0xff);
      ShortVector oddX = x.lanewise(VectorOperators.LSHR, 8);
      ShortVector oddY = y.lanewise(VectorOperators.LSHR, 8);
      IntVector evenDot = evenX.mul(evenY).reinterpretAsInts();
      IntVector oddDot = oddX.mul(oddY).reinterpretAsInts();
      dotAll = dotAll.add(evenDot).add(oddDot);
      dotHigh =
          dotHigh
              .add(evenDot.lanewise(VectorOperators.LSHR, 16))
              .add(oddDot.lanewise(VectorOperators.LSHR, 16));
      IntVector evenNormA = evenX.mul(evenX).reinterpretAsInts();
      IntVector oddNormA = oddX.mul(oddX).reinterpretAsInts();
      normAAll = normAAll.add(evenNormA).add(oddNormA);
      normAHigh =
          normAHigh
              .add(evenNormA.lanewise(VectorOperators.LSHR, 16))
              .add(oddNormA.lanewise(VectorOperators.LSHR, 16));
      IntVector evenNormB = evenY.mul(evenY).reinterpretAsInts();
      IntVector oddNormB = oddY.mul(oddY).reinterpretAsInts();
      normBAll = normBAll.add(evenNormB).add(oddNormB);
      normBHigh =
          normBHigh
              .add(evenNormB.lanewise(VectorOperators.LSHR, 16))
              .add(oddNormB.lanewise(VectorOperators.LSHR, 16));
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
      ShortVector evenX = x.and((short) 0xff);
      ShortVector evenY = y.and((short) 0xff);
      ShortVector oddX = x.lanewise(VectorOperators.LSHR, 8);
      ShortVector oddY = y.lanewise(VectorOperators.LSHR, 8);
      IntVector evenDot = evenX.mul(evenY).reinterpretAsInts();
      IntVector oddDot = oddX.mul(oddY).reinterpretAsInts();
      dotAll = dotAll.add(evenDot).add(oddDot);
      dotHigh =
          dotHigh
              .add(evenDot.lanewise(VectorOperators.LSHR, 16))
              .add(oddDot.lanewise(VectorOperators.LSHR, 16));
      IntVector evenNormA = evenX.mul(evenX).reinterpretAsInts();
      IntVector oddNormA = oddX.mul(oddX).reinterpretAsInts();
      normAAll = normAAll.add(evenNormA).add(oddNormA);
      normAHigh =
          normAHigh
              .add(evenNormA.lanewise(VectorOperators.LSHR, 16))
              .add(oddNormA.lanewise(VectorOperators.LSHR, 16));
      IntVector evenNormB = evenY.mul(evenY).reinterpretAsInts();
      IntVector oddNormB = oddY.mul(oddY).reinterpretAsInts();
      normBAll = normBAll.add(evenNormB).add(oddNormB);
      normBHigh =
          normBHigh
              .add(evenNormB.lanewise(VectorOperators.LSHR, 16))
              .add(oddNormB.lanewise(VectorOperators.LSHR, 16));
    }
    int dot =
        dotAll
            .sub(dotHigh.lanewise(VectorOperators.LSHL, 16))
            .add(dotHigh)
            .reduceLanes(VectorOperators.ADD);
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
