package com.omendb.vectors.scalar;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;

import com.omendb.vectors.DistanceKernel;

/// Exact distances between uint8 or int8 vectors. One class serves both types: `valueMask` is 0xff
/// to read a byte as unsigned, and -1 to read it as signed.
///
/// No sum overflows an int: a term is at most 255 * 255, and there are at most 8192 of them.
final class ScalarByteKernels {
  private ScalarByteKernels() {}

  record SquaredL2(int dimension, int valueMask) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      return sum(addressA, addressB);
    }

    @Override
    public double preciseDistance(long addressA, long addressB) {
      return sum(addressA, addressB);
    }

    private int sum(long addressA, long addressB) {
      int mask = valueMask;
      int sum = 0;
      long b = addressB;
      for (long a = addressA, end = a + dimension; a != end; a++, b++) {
        int difference = (ALL.get(BYTE, a) & mask) - (ALL.get(BYTE, b) & mask);
        sum += difference * difference;
      }
      return sum;
    }
  }

  record InnerProduct(int dimension, int valueMask) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      return -dot(addressA, addressB);
    }

    @Override
    public double preciseDistance(long addressA, long addressB) {
      return -dot(addressA, addressB);
    }

    private int dot(long addressA, long addressB) {
      int mask = valueMask;
      int sum = 0;
      long b = addressB;
      for (long a = addressA, end = a + dimension; a != end; a++, b++) {
        sum += (ALL.get(BYTE, a) & mask) * (ALL.get(BYTE, b) & mask);
      }
      return sum;
    }
  }

  record Cosine(int dimension, int valueMask) implements DistanceKernel {
    @Override
    public float distance(long addressA, long addressB) {
      return (float) preciseDistance(addressA, addressB);
    }

    @Override
    public double preciseDistance(long addressA, long addressB) {
      int mask = valueMask;
      int dot = 0;
      int squaredNormA = 0;
      int squaredNormB = 0;
      long b = addressB;
      for (long a = addressA, end = a + dimension; a != end; a++, b++) {
        int x = ALL.get(BYTE, a) & mask;
        int y = ALL.get(BYTE, b) & mask;
        dot += x * y;
        squaredNormA += x * x;
        squaredNormB += y * y;
      }
      return CosineDistance.ofIntegerSums(dot, squaredNormA, squaredNormB);
    }
  }
}
