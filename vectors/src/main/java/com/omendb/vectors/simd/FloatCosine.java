package com.omendb.vectors.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.simd.Lanes.EIGHT;
import static com.omendb.vectors.simd.Lanes.FLOATS;
import static com.omendb.vectors.simd.Lanes.FLOAT_LANES;
import static com.omendb.vectors.simd.Lanes.FOUR;
import static com.omendb.vectors.simd.Lanes.INTS;
import static com.omendb.vectors.simd.Lanes.LITTLE;
import static com.omendb.vectors.simd.Lanes.SWAP_1;
import static com.omendb.vectors.simd.Lanes.SWAP_2;
import static com.omendb.vectors.simd.Lanes.SWAP_4;
import static com.omendb.vectors.simd.Lanes.SWAP_8;
import static com.omendb.vectors.simd.Lanes.TAIL_MASKS;
import static com.omendb.vectors.simd.Lanes.VECTOR_BYTES;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.scalar.CosineDistance;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// One minus the cosine of float32 vectors of at least one SIMD vector's length.
///
/// The dot product and both squared norms are summed in one pass: steps of two SIMD vectors, then
/// at most one, then the tail.
final class FloatCosine implements DistanceKernel {
  private static final long V = VECTOR_BYTES;

  private final int dimension;

  FloatCosine(int dimension) {
    this.dimension = dimension;
  }

  @Override
  public float distance(long addressA, long addressB) {
    return cosineDistance(addressA, addressB, dimension);
  }

  @Override
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    int elements = dimension;
    for (int i = 0; i < count; i++) {
      distances[i] = cosineDistance(address, baseAddress + rows[i] * strideBytes, elements);
    }
  }

  private static float cosineDistance(long addressA, long addressB, int dimension) {
    int bytes = dimension * Float.BYTES;
    long a = addressA;
    long b = addressB;
    FloatVector dot0 = FloatVector.zero(FLOATS);
    FloatVector dot1 = FloatVector.zero(FLOATS);
    FloatVector normA0 = FloatVector.zero(FLOATS);
    FloatVector normA1 = FloatVector.zero(FLOATS);
    FloatVector normB0 = FloatVector.zero(FLOATS);
    FloatVector normB1 = FloatVector.zero(FLOATS);
    for (long end = a + (bytes & -(2 * V)); a != end; a += 2 * V, b += 2 * V) {
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE);
      FloatVector y0 = FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + V, LITTLE);
      FloatVector y1 = FloatVector.fromMemorySegment(FLOATS, ALL, b + V, LITTLE);
      dot0 = x0.fma(y0, dot0);
      normA0 = x0.fma(x0, normA0);
      normB0 = y0.fma(y0, normB0);
      dot1 = x1.fma(y1, dot1);
      normA1 = x1.fma(x1, normA1);
      normB1 = y1.fma(y1, normB1);
    }
    if ((bytes & V) != 0) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE);
      FloatVector y = FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE);
      dot0 = x.fma(y, dot0);
      normA0 = x.fma(x, normA0);
      normB0 = y.fma(y, normB0);
      a += V;
      b += V;
    }
    long tailBytes = bytes & (V - 1);
    if (tailBytes != 0) {
      long back = V - tailBytes;
      IntVector mask = IntVector.fromMemorySegment(INTS, ALL, TAIL_MASKS + tailBytes, LITTLE);
      FloatVector x =
          IntVector.fromMemorySegment(INTS, ALL, a - back, LITTLE).and(mask).reinterpretAsFloats();
      FloatVector y =
          IntVector.fromMemorySegment(INTS, ALL, b - back, LITTLE).and(mask).reinterpretAsFloats();
      dot1 = x.fma(y, dot1);
      normA1 = x.fma(x, normA1);
      normB1 = y.fma(y, normB1);
    }
    FloatVector dot = dot0.add(dot1);
    FloatVector normA = normA0.add(normA1);
    FloatVector normB = normB0.add(normB1);
    if (FLOAT_LANES >= 16) {
      dot = dot.add(dot.rearrange(SWAP_8));
    }
    FloatVector eightDot = (FloatVector) dot.reinterpretShape(EIGHT, 0);
    if (FLOAT_LANES >= 8) {
      eightDot = eightDot.add(eightDot.rearrange(SWAP_4));
    }
    FloatVector fourDot = (FloatVector) eightDot.reinterpretShape(FOUR, 0);
    fourDot = fourDot.add(fourDot.rearrange(SWAP_2));
    if (FLOAT_LANES >= 16) {
      normA = normA.add(normA.rearrange(SWAP_8));
    }
    FloatVector eightNormA = (FloatVector) normA.reinterpretShape(EIGHT, 0);
    if (FLOAT_LANES >= 8) {
      eightNormA = eightNormA.add(eightNormA.rearrange(SWAP_4));
    }
    FloatVector fourNormA = (FloatVector) eightNormA.reinterpretShape(FOUR, 0);
    fourNormA = fourNormA.add(fourNormA.rearrange(SWAP_2));
    if (FLOAT_LANES >= 16) {
      normB = normB.add(normB.rearrange(SWAP_8));
    }
    FloatVector eightNormB = (FloatVector) normB.reinterpretShape(EIGHT, 0);
    if (FLOAT_LANES >= 8) {
      eightNormB = eightNormB.add(eightNormB.rearrange(SWAP_4));
    }
    FloatVector fourNormB = (FloatVector) eightNormB.reinterpretShape(FOUR, 0);
    fourNormB = fourNormB.add(fourNormB.rearrange(SWAP_2));
    return CosineDistance.ofFloatSums(
        fourDot.add(fourDot.rearrange(SWAP_1)).lane(0),
        fourNormA.add(fourNormA.rearrange(SWAP_1)).lane(0),
        fourNormB.add(fourNormB.rearrange(SWAP_1)).lane(0),
        addressA,
        addressB,
        dimension);
  }
}
