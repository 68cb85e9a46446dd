package com.omendb.vectors.range;

/// Checks of single numbers. The messages name the number and its range.
public final class Ranges {
  private Ranges() {}

  /// The value, which has to lie in a range.
  ///
  /// @throws IllegalArgumentException if it does not
  public static int require(String name, int value, int low, int high) {
    require(name, (long) value, (long) low, (long) high);
    return value;
  }

  /// The value, which has to lie in a range.
  ///
  /// @throws IllegalArgumentException if it does not
  public static long require(String name, long value, long low, long high) {
    if (value < low || value > high) {
      throw outside(name, value, low, high);
    }
    return value;
  }

  /// The value, which has to be a number in a range.
  ///
  /// @throws IllegalArgumentException if it is not
  public static double requireNumber(String name, double value, int low, int high) {
    if (!(value >= low && value <= high)) {
      throw outside(name, value, low, high);
    }
    return value;
  }

  /// The value, which has to be positive.
  ///
  /// @throws IllegalArgumentException if it is not
  public static int requirePositive(String name, int value) {
    requirePositive(name, (long) value);
    return value;
  }

  /// The value, which has to be positive.
  ///
  /// @throws IllegalArgumentException if it is not
  public static long requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive: " + name + "=" + value);
    }
    return value;
  }

  private static IllegalArgumentException outside(String name, Number value, long low, long high) {
    return new IllegalArgumentException(
        name + " out of range " + low + ".." + high + ": " + name + "=" + value);
  }
}
