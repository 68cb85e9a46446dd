package com.omendb.pq;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;

/// Rows of any element type as native floats, at unit length if asked for.
///
/// The hot half of this class works on raw addresses: callers have checked the rows, and keep the
/// memory open.
final class RowReader {
  private RowReader() {}

  /// Writes a row as floats to a native address. A row of zeros has no unit-length copy and stays
  /// zero.
  static void read(VectorSource source, long row, boolean normalize, long target) {
    long address = source.address(row);
    int dimension = source.dimension();
    readColumns(source, address, 0, dimension, 1, target);
    if (normalize) {
      float scale = inverseNorm(target, dimension);
      for (int column = 0; column < dimension; column++) {
        long at = target + 4L * column;
        ALL.set(FLOAT, at, ALL.get(FLOAT, at) * scale);
      }
    }
  }

  /// Writes columns `from` to `from + length` of the vector at `address`, each times `scale`.
  static void readColumns(
      VectorSource source, long address, int from, int length, float scale, long target) {
    switch (source.elementType()) {
      case FLOAT32 -> {
        long at = address + 4L * from;
        for (int i = 0; i < length; i++) {
          ALL.set(FLOAT, target + 4L * i, ALL.get(FLOAT, at + 4L * i) * scale);
        }
      }
      case UINT8 -> {
        long at = address + from;
        for (int i = 0; i < length; i++) {
          ALL.set(FLOAT, target + 4L * i, (ALL.get(BYTE, at + i) & 0xff) * scale);
        }
      }
      case INT8 -> {
        long at = address + from;
        for (int i = 0; i < length; i++) {
          ALL.set(FLOAT, target + 4L * i, ALL.get(BYTE, at + i) * scale);
        }
      }
    }
  }

  /// One over the length of the float vector at an address; 0 for a vector of zeros.
  static float inverseNorm(long address, int dimension) {
    double sum = 0;
    for (int column = 0; column < dimension; column++) {
      double element = ALL.get(FLOAT, address + 4L * column);
      sum += element * element;
    }
    return sum == 0 ? 0 : (float) (1 / Math.sqrt(sum));
  }

  /// Fails unless the memory behind a segment is still open. Raw addresses skip this check.
  static void requireOpen(MemorySegment segment, String what) {
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException(what + " memory is closed");
    }
  }
}
