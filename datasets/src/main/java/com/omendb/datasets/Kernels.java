package com.omendb.datasets;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.memory.NativeMemory;

/// Plain distances, used until the SIMD kernels are there.
final class Kernels {
  private Kernels() {}

  static DistanceKernel of(Metric metric, ElementType elementType, int dimension) {
    int bytes = elementType.elementBytes();
    return (addressA, addressB) -> {
      double squares = 0;
      double dot = 0;
      double normA = 0;
      double normB = 0;
      for (int i = 0; i < dimension; i++) {
        double a = element(elementType, addressA + (long) i * bytes);
        double b = element(elementType, addressB + (long) i * bytes);
        squares += (a - b) * (a - b);
        dot += a * b;
        normA += a * a;
        normB += b * b;
      }
      return switch (metric) {
        case SQUARED_L2 -> (float) squares;
        case INNER_PRODUCT -> (float) -dot;
        case COSINE -> (float) (1 - dot / Math.sqrt(normA * normB));
      };
    };
  }

  private static double element(ElementType elementType, long address) {
    return switch (elementType) {
      case FLOAT32 -> NativeMemory.ALL.get(NativeMemory.FLOAT, address);
      case UINT8 -> NativeMemory.ALL.get(NativeMemory.BYTE, address) & 0xff;
      case INT8 -> NativeMemory.ALL.get(NativeMemory.BYTE, address);
    };
  }
}
