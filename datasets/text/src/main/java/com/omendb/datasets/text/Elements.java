package com.omendb.datasets.text;

import com.omendb.datasets.tables.RowSink;
import com.omendb.vectors.VectorSource;
import java.util.Arrays;

/// The elements of one vector as they come. Not thread-safe.
final class Elements {
  private double[] values = new double[256];
  private int count;

  void clear() {
    count = 0;
  }

  boolean isFull() {
    return count == VectorSource.MAX_DIMENSION;
  }

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  double[] toArray() {
    return Arrays.copyOf(values, count);
  }

  /// Reads a decimal number that a float can hold; NaN if the text is none.
  static double parse(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return Double.NaN; // Java reads more as a number: a name, hexadecimal digits, a suffix.
      }
    }
    try {
      double value = Double.parseDouble(text);
      return RowSink.fitsFloat(value) ? value : Double.NaN;
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }
}
