package com.omendb.vectors.scalar;

import com.omendb.vectors.memory.NativeMemory;

/// One minus the cosine, from the three sums that every cosine kernel gathers in one pass.
public final class CosineDistance {
  /// Squared norms outside these bounds have lost digits, or all of them, to underflow or overflow.
  private static final float MIN_EXACT_NORM = 1e-30f;

  private static final float MAX_EXACT_NORM = 1e37f;

  /// Below this distance one minus the cosine of sums in single precision has lost too many digits.
  private static final double MIN_EXACT_DISTANCE = 0.125;

  private CosineDistance() {}

  /// The distance for a dot product and two squared norms of integer vectors, none above 2^31: 0 to
  /// 2, and 1 if a vector is zero.
  ///
  /// `1 - dot / s` loses the digits of small distances, where `s * s` is the product of the norms;
  /// `(s * s - dot * dot) / (s * (s + dot))` is the same, and its numerator is exact in a long.
  public static double ofIntegerSums(int dot, int squaredNormA, int squaredNormB) {
    if (squaredNormA == 0 || squaredNormB == 0) {
      return 1;
    }
    long product = (long) squaredNormA * squaredNormB;
    double root = Math.sqrt((double) product);
    return dot > 0
        ? (product - (long) dot * dot) / (root * (root + dot))
        : Math.min(1 - dot / root, 2);
  }

  /// The distance for sums over float32 vectors taken in single precision. Where these are not to
  /// be trusted, because the vectors are very short, very long or near to each other, it is half
  /// the squared distance of the vectors at length one, summed in double precision.
  public static float ofFloatSums(
      float dot,
      float squaredNormA,
      float squaredNormB,
      long addressA,
      long addressB,
      int dimension) {
    boolean exact =
        squaredNormA >= MIN_EXACT_NORM
            && squaredNormB >= MIN_EXACT_NORM
            && squaredNormA <= MAX_EXACT_NORM
            && squaredNormB <= MAX_EXACT_NORM;
    if (exact) {
      double distance = 1 - dot / Math.sqrt((double) squaredNormA * squaredNormB);
      if (distance >= MIN_EXACT_DISTANCE) {
        return (float) Math.min(distance, 2);
      }
    }
    return inDoublePrecision(addressA, addressB, dimension);
  }

  private static float inDoublePrecision(long addressA, long addressB, int dimension) {
    double normA = norm(addressA, dimension);
    double normB = norm(addressB, dimension);
    if (normA == 0 || normB == 0) {
      return 1f;
    }
    double sum = 0;
    for (long at = 0; at < (long) dimension * Float.BYTES; at += Float.BYTES) {
      double difference =
          NativeMemory.ALL.get(NativeMemory.FLOAT, addressA + at) / normA
              - NativeMemory.ALL.get(NativeMemory.FLOAT, addressB + at) / normB;
      sum += difference * difference;
    }
    return (float) Math.min(sum / 2, 2);
  }

  private static double norm(long address, int dimension) {
    double sum = 0;
    for (long at = 0; at < (long) dimension * Float.BYTES; at += Float.BYTES) {
      double value = NativeMemory.ALL.get(NativeMemory.FLOAT, address + at);
      sum += value * value;
    }
    return Math.sqrt(sum);
  }
}
