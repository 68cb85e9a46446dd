package com.omendb.datasets.tables;

import java.io.IOException;

/// Takes the rows of a table and converts elements of other types: halves become floats as they
/// are, doubles are rounded to floats, integers of 64 bits become integers of 32. A row of another
/// length, and an element that the table's type cannot hold, are refused. Not thread-safe.
public interface RowSink {
  /// Takes a row of floats.
  ///
  /// @param row the elements of one row
  /// @throws IOException if the row is refused or cannot be written
  void floats(float[] row) throws IOException;

  /// Takes a row of doubles; those of vectors have to be finite as floats.
  ///
  /// @param row the elements of one row
  /// @throws IOException if the row is refused or cannot be written
  void doubles(double[] row) throws IOException;

  /// Takes a row of numbers of IEEE 754 half precision.
  ///
  /// @param row the elements of one row
  /// @throws IOException if the row is refused or cannot be written
  void halves(short[] row) throws IOException;

  /// Takes a row of bytes, signed or not.
  ///
  /// @param row the elements of one row
  /// @throws IOException if the row is refused or cannot be written
  void bytes(byte[] row) throws IOException;

  /// Takes a row of integers; of a table of bytes, their lowest 8 bits.
  ///
  /// @param row the elements of one row
  /// @throws IOException if the row is refused or cannot be written
  void ints(int[] row) throws IOException;

  /// Takes a row of integers of 64 bits that fit 32.
  ///
  /// @param row the elements of one row
  /// @throws IOException if the row is refused or cannot be written
  void longs(long[] row) throws IOException;

  /// {@return whether a double is a number that a float can hold, if less exactly}
  ///
  /// @param value any double
  static boolean fitsFloat(double value) {
    return Float.isFinite((float) value);
  }
}
