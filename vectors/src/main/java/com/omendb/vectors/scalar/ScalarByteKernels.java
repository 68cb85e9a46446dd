package com.omendb.vectors.scalar;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.memory.NativeMemory;

/// Exact distances between uint8 or int8 vectors. One class serves both types: `valueMask` is 0xff
/// to read a byte as unsigned, and -1 to read it as signed.
///
/// No sum overflows an int: a term is at most 255 * 255, and there are at most 8192 of them.
final class ScalarByteKernels {
  private ScalarByteKernels() {}

  private static int element(long address, int index, int valueMask) {
    return NativeMemory.ALL.get(NativeMemory.BYTE, address + index) & valueMask;
  }

  record SquaredL2(int dimension, int valueMask) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      int sum = 0;
      for (int i = 0; i < dimension; i++) {
        int difference = element(addressA, i, valueMask) - element(addressB, i, valueMask);
        sum += difference * difference;
      }
      return sum;
    }
  }

  record InnerProduct(int dimension, int valueMask) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      int sum = 0;
      for (int i = 0; i < dimension; i++) {
        sum += element(addressA, i, valueMask) * element(addressB, i, valueMask);
      }
      return -sum;
    }
  }

  record Cosine(int dimension, int valueMask) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      int dot = 0;
      int squaredNormA = 0;
      int squaredNormB = 0;
      for (int i = 0; i < dimension; i++) {
        int x = element(addressA, i, valueMask);
        int y = element(addressB, i, valueMask);
        dot += x * y;
        squaredNormA += x * x;
        squaredNormB += y * y;
      }
      return CosineDistance.ofSums(dot, squaredNormA, squaredNormB);
    }
  }
}
