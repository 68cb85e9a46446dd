package com.omendb.vectors.simd;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.KernelData;
import com.omendb.vectors.KernelData.Expected;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.kernels.DistanceKernels;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/// A program that says which kernels this JVM chose and checks them, for tests that start a JVM
/// with other flags. Exits with 0 if every kernel is right.
public final class KernelProbe {
  private static final int[] DIMENSIONS = {3, 17, 33, 64, 100, 128, 257};

  private KernelProbe() {}

  /// @param args the seed
  public static void main(String[] args) {
    SplittableRandom random = new SplittableRandom(Long.parseLong(args[0]));
    System.out.println(DistanceKernels.description());
    for (ElementType type : ElementType.values()) {
      for (int dimension : DIMENSIONS) {
        try (Arena arena = Arena.ofConfined()) {
          check(KernelData.source(arena, type, dimension, random));
        }
      }
    }
  }

  private static void check(VectorSource source) {
    ElementType type = source.elementType();
    for (Metric metric : Metric.values()) {
      check(source, metric, DistanceKernels.of(metric, type, source.dimension()));
      if (DistanceKernels.vectorized() && source.vectorBytes() >= Lanes.VECTOR_BYTES) {
        // Where a CPU without fused multiply-add is assumed, the choice above was a scalar kernel.
        check(source, metric, SimdKernels.ofAtLeastOneVector(metric, type, source.dimension()));
      }
    }
  }

  private static void check(VectorSource source, Metric metric, DistanceKernel kernel) {
    for (int a = 0; a < source.count(); a++) {
      for (int b = a; b < source.count(); b++) {
        Expected expected = KernelData.expected(source, a, b, metric);
        float actual = kernel.distance(source.address(a), source.address(b));
        if (!expected.accepts(actual)) {
          throw new IllegalStateException(
              kernel + " " + metric + " " + source + ": " + actual + ", " + expected);
        }
      }
    }
  }
}
