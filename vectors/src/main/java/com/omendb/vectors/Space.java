package com.omendb.vectors;

import com.omendb.vectors.range.Ranges;

/// What two vectors need to have in common so that they have a distance.
///
/// @param metric the distance
/// @param elementType type of one element
/// @param dimension elements of a vector, 1 to [VectorSource#MAX_DIMENSION]
public record Space(Metric metric, ElementType elementType, int dimension) {

  /// Checks the range.
  ///
  /// @throws IllegalArgumentException if the dimension is out of range
  public Space {
    Ranges.require("dimension", dimension, 1, VectorSource.MAX_DIMENSION);
  }

  /// {@return bytes of one vector}
  public int vectorBytes() {
    return elementType.vectorBytes(dimension);
  }

  /// {@return whether vectors are stored with unit length, which {@link UnitLength} describes}
  public boolean unitLength() {
    return UnitLength.applies(metric, elementType);
  }
}
