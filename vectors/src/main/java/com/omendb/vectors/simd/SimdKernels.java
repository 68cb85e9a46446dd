package com.omendb.vectors.simd;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.scalar.ScalarKernels;

/// Chooses among the SIMD kernels. To be loaded only where the Vector API's module is present.
public final class SimdKernels {
  private SimdKernels() {}

  /// Bits of one SIMD vector on this CPU.
  public static int vectorBits() {
    return Lanes.BITS;
  }

  /// The SIMD kernel for a metric, element type and dimension; the scalar one where the vectors are
  /// shorter than one SIMD vector, or the CPU lacks what the kernel needs. The dimension is not
  /// checked.
  public static DistanceKernel of(Metric metric, ElementType elementType, int dimension) {
    boolean longEnough = elementType.vectorBytes(dimension) >= Lanes.VECTOR_BYTES;
    boolean supported = elementType != ElementType.FLOAT32 || Lanes.FUSED;
    return longEnough && supported
        ? ofAtLeastOneVector(metric, elementType, dimension)
        : ScalarKernels.of(metric, elementType, dimension);
  }

  /// Dense blocks.
  public static DenseBlockKernel denseBlocks() {
    return new SimdDenseBlocks();
  }

  /// The SIMD kernel, however slow on this CPU, for vectors of at least one SIMD vector's length.
  static DistanceKernel ofAtLeastOneVector(Metric metric, ElementType elementType, int dimension) {
    return switch (elementType) {
      case FLOAT32 ->
          switch (metric) {
            case SQUARED_L2 -> new FloatSquaredL2(dimension);
            case INNER_PRODUCT -> new FloatInnerProduct(dimension);
            case COSINE -> new FloatCosine(dimension);
          };
      case UINT8 ->
          switch (metric) {
            case SQUARED_L2 -> new Uint8SquaredL2(dimension);
            case INNER_PRODUCT -> new Uint8InnerProduct(dimension);
            case COSINE -> new Uint8Cosine(dimension);
          };
      case INT8 ->
          switch (metric) {
            case SQUARED_L2 -> new Int8SquaredL2(dimension);
            case INNER_PRODUCT -> new Int8InnerProduct(dimension);
            case COSINE -> new Int8Cosine(dimension);
          };
    };
  }
}
