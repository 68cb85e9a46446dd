package com.omendb.vectors.scalar;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.vectors.DistanceKernel;

/// Distances between float32 vectors, summed in single precision over four chains, because one
/// chain of additions would be bound by the latency of each.
final class ScalarFloatKernels {
  private static final int STEP_BYTES = 4 * Float.BYTES;

  private ScalarFloatKernels() {}

  record SquaredL2(int dimension) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      long a = addressA;
      long b = addressB;
      long end = a + (long) dimension * Float.BYTES;
      for (; a <= end - STEP_BYTES; a += STEP_BYTES, b += STEP_BYTES) {
        float d0 = ALL.get(FLOAT, a) - ALL.get(FLOAT, b);
        float d1 = ALL.get(FLOAT, a + 4) - ALL.get(FLOAT, b + 4);
        float d2 = ALL.get(FLOAT, a + 8) - ALL.get(FLOAT, b + 8);
        float d3 = ALL.get(FLOAT, a + 12) - ALL.get(FLOAT, b + 12);
        sum0 += d0 * d0;
        sum1 += d1 * d1;
        sum2 += d2 * d2;
        sum3 += d3 * d3;
      }
      for (; a != end; a += Float.BYTES, b += Float.BYTES) {
        float d = ALL.get(FLOAT, a) - ALL.get(FLOAT, b);
        sum0 += d * d;
      }
      return (sum0 + sum1) + (sum2 + sum3);
    }
  }

  record InnerProduct(int dimension) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      long a = addressA;
      long b = addressB;
      long end = a + (long) dimension * Float.BYTES;
      for (; a <= end - STEP_BYTES; a += STEP_BYTES, b += STEP_BYTES) {
        sum0 += ALL.get(FLOAT, a) * ALL.get(FLOAT, b);
        sum1 += ALL.get(FLOAT, a + 4) * ALL.get(FLOAT, b + 4);
        sum2 += ALL.get(FLOAT, a + 8) * ALL.get(FLOAT, b + 8);
        sum3 += ALL.get(FLOAT, a + 12) * ALL.get(FLOAT, b + 12);
      }
      for (; a != end; a += Float.BYTES, b += Float.BYTES) {
        sum0 += ALL.get(FLOAT, a) * ALL.get(FLOAT, b);
      }
      return -((sum0 + sum1) + (sum2 + sum3));
    }
  }

  /// Three sums are three chains already.
  record Cosine(int dimension) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      float dot = 0;
      float squaredNormA = 0;
      float squaredNormB = 0;
      long a = addressA;
      long b = addressB;
      long end = a + (long) dimension * Float.BYTES;
      for (; a != end; a += Float.BYTES, b += Float.BYTES) {
        float x = ALL.get(FLOAT, a);
        float y = ALL.get(FLOAT, b);
        dot += x * y;
        squaredNormA += x * x;
        squaredNormB += y * y;
      }
      return CosineDistance.ofFloatSums(
          dot, squaredNormA, squaredNormB, addressA, addressB, dimension);
    }
  }
}
