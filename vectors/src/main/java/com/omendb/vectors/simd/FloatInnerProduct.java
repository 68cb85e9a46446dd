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
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// The negated inner product of float32 vectors of at least one SIMD vector's length.
///
/// Eight SIMD vectors (128 elements with 512 bits) are computed without any loop; other lengths in
/// steps of four SIMD vectors, then of one, then the tail.
final class FloatInnerProduct implements DistanceKernel {
  private static final long V = VECTOR_BYTES;
  private static final long BLOCK_BYTES = 8 * V;

  private final int vectorBytes;

  FloatInnerProduct(int dimension) {
    this.vectorBytes = dimension * Float.BYTES;
  }

  @Override
  public float distance(long addressA, long addressB) {
    return vectorBytes == BLOCK_BYTES
        ? -block(addressA, addressB)
        : -dot(addressA, addressB, vectorBytes);
  }

  @Override
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    int bytes = vectorBytes;
    if (bytes == BLOCK_BYTES) {
      for (int i = 0; i < count; i++) {
        distances[i] = -block(address, baseAddress + rows[i] * strideBytes);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      distances[i] = -dot(address, baseAddress + rows[i] * strideBytes, bytes);
    }
  }

  /// Two halves, because a method of this whole block would be too long to be inlined.
  private static float block(long a, long b) {
    return half(a, b) + half(a + 4 * V, b + 4 * V);
  }

  private static float half(long a, long b) {
    FloatVector sum0 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE)
            .mul(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE));
    FloatVector sum1 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + V, LITTLE)
            .mul(FloatVector.fromMemorySegment(FLOATS, ALL, b + V, LITTLE));
    sum0 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * V, LITTLE)
            .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * V, LITTLE), sum0);
    sum1 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * V, LITTLE)
            .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * V, LITTLE), sum1);
    FloatVector total = sum0.add(sum1);
    if (FLOAT_LANES >= 16) {
      total = total.add(total.rearrange(SWAP_8));
    }
    FloatVector eight = (FloatVector) total.reinterpretShape(EIGHT, 0);
    if (FLOAT_LANES >= 8) {
      eight = eight.add(eight.rearrange(SWAP_4));
    }
    FloatVector four = (FloatVector) eight.reinterpretShape(FOUR, 0);
    four = four.add(four.rearrange(SWAP_2));
    return four.add(four.rearrange(SWAP_1)).lane(0);
  }

  private static float dot(long a, long b, int bytes) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    for (long end = a + (bytes & -(4 * V)); a != end; a += 4 * V, b += 4 * V) {
      sum0 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE)
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE), sum0);
      sum1 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a + V, LITTLE)
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + V, LITTLE), sum1);
      sum2 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * V, LITTLE)
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * V, LITTLE), sum2);
      sum3 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * V, LITTLE)
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * V, LITTLE), sum3);
    }
    for (long end = a + (bytes & (3 * V)); a != end; a += V, b += V) {
      sum0 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE)
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE), sum0);
    }
    long tailBytes = bytes & (V - 1);
    if (tailBytes != 0) {
      long back = V - tailBytes;
      sum1 =
          IntVector.fromMemorySegment(INTS, ALL, a - back, LITTLE)
              .and(IntVector.fromMemorySegment(INTS, ALL, TAIL_MASKS + tailBytes, LITTLE))
              .reinterpretAsFloats()
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, b - back, LITTLE), sum1);
    }
    FloatVector total = sum0.add(sum1).add(sum2.add(sum3));
    if (FLOAT_LANES >= 16) {
      total = total.add(total.rearrange(SWAP_8));
    }
    FloatVector eight = (FloatVector) total.reinterpretShape(EIGHT, 0);
    if (FLOAT_LANES >= 8) {
      eight = eight.add(eight.rearrange(SWAP_4));
    }
    FloatVector four = (FloatVector) eight.reinterpretShape(FOUR, 0);
    four = four.add(four.rearrange(SWAP_2));
    return four.add(four.rearrange(SWAP_1)).lane(0);
  }
}
