package com.omendb.vectors;

import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.MemorySegment;

/// Scales float32 vectors to length one, which turns the cosine into an inner product.
///
/// Integer vectors cannot be scaled without loss; they are stored as they are and their cosine is
/// computed in full.
public final class UnitLength {
  private UnitLength() {}

  /// {@return whether vectors of this type are stored and queried at unit length under this metric}
  ///
  /// @param metric metric of the index
  /// @param elementType type of the elements of its vectors
  public static boolean applies(Metric metric, ElementType elementType) {
    return metric == Metric.COSINE && elementType == ElementType.FLOAT32;
  }

  /// Scales the float32 vector at the start of a segment in place.
  ///
  /// @param vector begins with the elements, little-endian
  /// @param dimension number of elements
  /// @throws IllegalArgumentException if its length is zero or not finite
  public static void normalize(MemorySegment vector, int dimension) {
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      double value = vector.get(NativeMemory.FLOAT, (long) i * Float.BYTES);
      sum += value * value;
    }
    double norm = Math.sqrt(sum);
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException("a vector without direction has no cosine: norm=" + norm);
    }
    for (int i = 0; i < dimension; i++) {
      long offset = (long) i * Float.BYTES;
      vector.set(
          NativeMemory.FLOAT, offset, (float) (vector.get(NativeMemory.FLOAT, offset) / norm));
    }
  }
}
