package com.omendb.vectors.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.simd.Lanes.FLOATS;
import static com.omendb.vectors.simd.Lanes.INTS;
import static com.omendb.vectors.simd.Lanes.LITTLE;
import static com.omendb.vectors.simd.Lanes.TAIL_MASKS;
import static com.omendb.vectors.simd.Lanes.VECTOR_BYTES;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.scalar.CosineDistance;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

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
    return CosineDistance.ofFloatSums(
        dot0.add(dot1).reduceLanes(VectorOperators.ADD),
        normA0.add(normA1).reduceLanes(VectorOperators.ADD),
        normB0.add(normB1).reduceLanes(VectorOperators.ADD),
        addressA,
        addressB,
        dimension);
  }
}
