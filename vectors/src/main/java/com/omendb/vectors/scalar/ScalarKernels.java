package com.omendb.vectors.scalar;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;

/// Chooses among the scalar kernels.
public final class ScalarKernels {
  private ScalarKernels() {}

  /// The scalar kernel for a metric, element type and dimension; the dimension is not checked.
  public static DistanceKernel of(Metric metric, ElementType elementType, int dimension) {
    return switch (elementType) {
      case FLOAT32 -> ofFloats(metric, dimension);
      case UINT8 -> ofBytes(metric, dimension, 0xff);
      case INT8 -> ofBytes(metric, dimension, -1);
    };
  }

  private static DistanceKernel ofFloats(Metric metric, int dimension) {
    return switch (metric) {
      case SQUARED_L2 -> new ScalarFloatKernels.SquaredL2(dimension);
      case INNER_PRODUCT -> new ScalarFloatKernels.InnerProduct(dimension);
      case COSINE -> new ScalarFloatKernels.Cosine(dimension);
    };
  }

  private static DistanceKernel ofBytes(Metric metric, int dimension, int valueMask) {
    return switch (metric) {
      case SQUARED_L2 -> new ScalarByteKernels.SquaredL2(dimension, valueMask);
      case INNER_PRODUCT -> new ScalarByteKernels.InnerProduct(dimension, valueMask);
      case COSINE -> new ScalarByteKernels.Cosine(dimension, valueMask);
    };
  }

  /// Dense blocks, with columns in groups of `lanes`.
  public static DenseBlockKernel denseBlocks(int lanes) {
    return new ScalarDenseBlocks(lanes);
  }
}
