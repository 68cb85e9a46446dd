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

/// Squared L2 over float32 vectors of at least one SIMD vector's length.
///
/// Eight SIMD vectors (128 elements with 512 bits) are computed without any loop; other lengths in
/// steps of four SIMD vectors, then of one, then the tail.
final class FloatSquaredL2 implements DistanceKernel {
  private static final long V = VECTOR_BYTES;
  private static final long BLOCK_BYTES = 8 * V;

  private final int vectorBytes;

  FloatSquaredL2(int dimension) {
    this.vectorBytes = dimension * Float.BYTES;
  }

  @Override
  public float distance(long addressA, long addressB) {
    return vectorBytes == BLOCK_BYTES
        ? block(addressA, addressB)
        : sum(addressA, addressB, vectorBytes);
  }

  @Override
  public void distances(
      long address, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    if (vectorBytes == BLOCK_BYTES) {
      blocks(address, baseAddress, strideBytes, rows, count, distances);
      return;
    }
    int bytes = vectorBytes;
    for (int i = 0; i < count; i++) {
      distances[i] = sum(address, baseAddress + rows[i] * strideBytes, bytes);
    }
  }

  private static float block(long a, long b) {
    FloatVector d0 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE));
    FloatVector d1 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + V, LITTLE));
    FloatVector d2 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * V, LITTLE));
    FloatVector d3 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * V, LITTLE));
    FloatVector d4 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 4 * V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 4 * V, LITTLE));
    FloatVector d5 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 5 * V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 5 * V, LITTLE));
    FloatVector d6 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 6 * V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 6 * V, LITTLE));
    FloatVector d7 =
        FloatVector.fromMemorySegment(FLOATS, ALL, a + 7 * V, LITTLE)
            .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 7 * V, LITTLE));
    FloatVector total01 = d4.fma(d4, d0.mul(d0)).add(d5.fma(d5, d1.mul(d1)));
    FloatVector total23 = d6.fma(d6, d2.mul(d2)).add(d7.fma(d7, d3.mul(d3)));
    FloatVector total = total01.add(total23);
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

  /// The same as [#block] for many rows, with the first vector held in registers.
  private static void blocks(
      long a, long baseAddress, long strideBytes, int[] rows, int count, float[] distances) {
    FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE);
    FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, ALL, a + V, LITTLE);
    FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * V, LITTLE);
    FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * V, LITTLE);
    FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 4 * V, LITTLE);
    FloatVector a5 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 5 * V, LITTLE);
    FloatVector a6 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 6 * V, LITTLE);
    FloatVector a7 = FloatVector.fromMemorySegment(FLOATS, ALL, a + 7 * V, LITTLE);
    for (int i = 0; i < count; i++) {
      long b = baseAddress + rows[i] * strideBytes;
      FloatVector d0 = a0.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE));
      FloatVector d1 = a1.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + V, LITTLE));
      FloatVector d2 = a2.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * V, LITTLE));
      FloatVector d3 = a3.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * V, LITTLE));
      FloatVector d4 = a4.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 4 * V, LITTLE));
      FloatVector d5 = a5.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 5 * V, LITTLE));
      FloatVector d6 = a6.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 6 * V, LITTLE));
      FloatVector d7 = a7.sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 7 * V, LITTLE));
      FloatVector total01 = d4.fma(d4, d0.mul(d0)).add(d5.fma(d5, d1.mul(d1)));
      FloatVector total23 = d6.fma(d6, d2.mul(d2)).add(d7.fma(d7, d3.mul(d3)));
      FloatVector total = total01.add(total23);
      if (FLOAT_LANES >= 16) {
        total = total.add(total.rearrange(SWAP_8));
      }
      FloatVector eight = (FloatVector) total.reinterpretShape(EIGHT, 0);
      if (FLOAT_LANES >= 8) {
        eight = eight.add(eight.rearrange(SWAP_4));
      }
      FloatVector four = (FloatVector) eight.reinterpretShape(FOUR, 0);
      four = four.add(four.rearrange(SWAP_2));
      distances[i] = four.add(four.rearrange(SWAP_1)).lane(0);
    }
  }

  private static float sum(long a, long b, int bytes) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    for (long end = a + (bytes & -(4 * V)); a != end; a += 4 * V, b += 4 * V) {
      FloatVector d0 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE)
              .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE));
      FloatVector d1 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a + V, LITTLE)
              .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + V, LITTLE));
      FloatVector d2 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a + 2 * V, LITTLE)
              .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 2 * V, LITTLE));
      FloatVector d3 =
          FloatVector.fromMemorySegment(FLOATS, ALL, a + 3 * V, LITTLE)
              .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b + 3 * V, LITTLE));
      sum0 = d0.fma(d0, sum0);
      sum1 = d1.fma(d1, sum1);
      sum2 = d2.fma(d2, sum2);
      sum3 = d3.fma(d3, sum3);
    }
    for (long end = a + (bytes & (3 * V)); a != end; a += V, b += V) {
      FloatVector d =
          FloatVector.fromMemorySegment(FLOATS, ALL, a, LITTLE)
              .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b, LITTLE));
      sum0 = d.fma(d, sum0);
    }
    long tailBytes = bytes & (V - 1);
    if (tailBytes != 0) {
      long back = V - tailBytes;
      FloatVector d =
          FloatVector.fromMemorySegment(FLOATS, ALL, a - back, LITTLE)
              .sub(FloatVector.fromMemorySegment(FLOATS, ALL, b - back, LITTLE))
              .reinterpretAsInts()
              .and(IntVector.fromMemorySegment(INTS, ALL, TAIL_MASKS + tailBytes, LITTLE))
              .reinterpretAsFloats();
      sum1 = d.fma(d, sum1);
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
