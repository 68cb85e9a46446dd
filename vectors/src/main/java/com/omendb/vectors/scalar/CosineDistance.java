package com.omendb.vectors.scalar;

import com.omendb.vectors.memory.NativeMemory;

/// One minus the cosine, from the three sums that every cosine kernel gathers in one pass.
public final class CosineDistance {
  /// Squared norms outside these bounds have lost digits, or all of them, to underflow or overflow.
  private static final float LEAST_EXACT_NORM = 1e-30f;

  private static final float GREATEST_EXACT_NORM = 1e37f;

  private CosineDistance() {}

  /// The distance for a dot product and two squared norms: 0 to 2, and 1 if a vector is zero.
  public static float ofSums(double dot, double squaredNormA, double squaredNormB) {
    if (squaredNormA == 0 || squaredNormB == 0) {
      return 1f;
    }
    double distance = 1 - dot / Math.sqrt(squaredNormA * squaredNormB);
    return (float) Math.min(Math.max(distance, 0), 2);
  }

  /// As [#ofSums] for sums taken in single precision: where the vectors are so short or so long
  /// that these are not to be trusted, both vectors are summed again in double precision.
  public static float ofFloatSums(
      float dot,
      float squaredNormA,
      float squaredNormB,
      long addressA,
      long addressB,
      int dimension) {
    boolean exact =
        squaredNormA >= LEAST_EXACT_NORM
            && squaredNormB >= LEAST_EXACT_NORM
            && squaredNormA <= GREATEST_EXACT_NORM
            && squaredNormB <= GREATEST_EXACT_NORM;
    return exact
        ? ofSums(dot, squaredNormA, squaredNormB)
        : inDoublePrecision(addressA, addressB, dimension);
  }

  private static float inDoublePrecision(long addressA, long addressB, int dimension) {
    double dot = 0;
    double squaredNormA = 0;
    double squaredNormB = 0;
    for (long at = 0; at < (long) dimension * Float.BYTES; at += Float.BYTES) {
      double x = NativeMemory.ALL.get(NativeMemory.FLOAT, addressA + at);
      double y = NativeMemory.ALL.get(NativeMemory.FLOAT, addressB + at);
      dot += x * y;
      squaredNormA += x * x;
      squaredNormB += y * y;
    }
    return ofSums(dot, squaredNormA, squaredNormB);
  }
}
