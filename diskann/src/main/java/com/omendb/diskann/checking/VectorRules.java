package com.omendb.diskann.checking;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.UnitLength;
import com.omendb.vectors.check.VectorChecks;
import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/// Which vectors of an index distances can be computed from. Thread-safe.
final class VectorRules {
  private static final float UNIT_SLACK = 1e-3f;

  private final boolean isFloat;
  private final boolean isUnitLength;
  private final boolean isCosine;
  private final int vectorBytes;
  private final DistanceKernel negatedInnerProduct;

  VectorRules(BaseShape shape) {
    this.isFloat = shape.elementType() == ElementType.FLOAT32;
    this.isUnitLength = UnitLength.applies(shape.metric(), shape.elementType());
    this.isCosine = shape.metric() == Metric.COSINE;
    this.vectorBytes = shape.vectorBytes();
    this.negatedInnerProduct =
        DistanceKernels.of(Metric.INNER_PRODUCT, shape.elementType(), shape.dimension());
  }

  /// What every vector is.
  String expected() {
    return isUnitLength ? "a vector of unit length" : isFloat ? "finite elements" : "not all zero";
  }

  /// What is wrong with the vector at a native address, or null.
  @Nullable String wrong(long address) {
    if (isFloat) {
      float squaredNorm = -negatedInnerProduct.distance(address, address);
      boolean usable =
          isUnitLength
              ? Math.abs(squaredNorm - 1) <= UNIT_SLACK
              : squaredNorm <= VectorChecks.MAX_SQUARED_NORM;
      return usable ? null : "squaredNorm=" + squaredNorm;
    }
    return isCosine && isZero(address) ? "zeros" : null;
  }

  private boolean isZero(long address) {
    for (int i = 0; i < vectorBytes; i++) {
      if (NativeMemory.ALL.get(NativeMemory.BYTE, address + i) != 0) {
        return false;
      }
    }
    return true;
  }
}
