package com.omendb.vectors;

import com.omendb.vectors.range.Ranges;

/// Number, dimension and element type of vectors, which need not exist: a forecast needs no more.
///
/// @param count number of vectors, at least 1
/// @param dimension elements of a vector, 1 to [VectorSource#MAX_DIMENSION]
/// @param elementType type of one element
public record VectorShape(long count, int dimension, ElementType elementType) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public VectorShape {
    Ranges.requirePositive("count", count);
    Ranges.require("dimension", dimension, 1, VectorSource.MAX_DIMENSION);
  }

  /// {@return the shape of vectors that exist}
  ///
  /// @param vectors the vectors, at least one
  /// @throws IllegalArgumentException if there are none
  public static VectorShape of(VectorSource vectors) {
    return new VectorShape(vectors.count(), vectors.dimension(), vectors.elementType());
  }

  /// {@return bytes of one vector}
  public int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }
}
