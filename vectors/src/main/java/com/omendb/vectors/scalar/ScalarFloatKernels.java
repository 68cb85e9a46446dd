package com.omendb.vectors.scalar;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.memory.NativeMemory;

/// Distances between float32 vectors, summed in single precision over four chains, because one
/// chain of additions would be bound by the latency of each.
final class ScalarFloatKernels {
  private ScalarFloatKernels() {}

  private static float element(long address, int index) {
    return NativeMemory.ALL.get(NativeMemory.FLOAT, address + (long) index * Float.BYTES);
  }

  record SquaredL2(int dimension) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      int i = 0;
      for (; i <= dimension - 4; i += 4) {
        float d0 = element(addressA, i) - element(addressB, i);
        float d1 = element(addressA, i + 1) - element(addressB, i + 1);
        float d2 = element(addressA, i + 2) - element(addressB, i + 2);
        float d3 = element(addressA, i + 3) - element(addressB, i + 3);
        sum0 += d0 * d0;
        sum1 += d1 * d1;
        sum2 += d2 * d2;
        sum3 += d3 * d3;
      }
      for (; i < dimension; i++) {
        float d = element(addressA, i) - element(addressB, i);
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
      int i = 0;
      for (; i <= dimension - 4; i += 4) {
        sum0 += element(addressA, i) * element(addressB, i);
        sum1 += element(addressA, i + 1) * element(addressB, i + 1);
        sum2 += element(addressA, i + 2) * element(addressB, i + 2);
        sum3 += element(addressA, i + 3) * element(addressB, i + 3);
      }
      for (; i < dimension; i++) {
        sum0 += element(addressA, i) * element(addressB, i);
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
      for (int i = 0; i < dimension; i++) {
        float x = element(addressA, i);
        float y = element(addressB, i);
        dot += x * y;
        squaredNormA += x * x;
        squaredNormB += y * y;
      }
      return CosineDistance.ofFloatSums(
          dot, squaredNormA, squaredNormB, addressA, addressB, dimension);
    }
  }
}
