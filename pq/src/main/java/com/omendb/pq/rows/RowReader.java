package com.omendb.pq.rows;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;

/// Rows of any element type as native floats, at unit length if asked for.
///
/// Works on raw addresses: callers have checked the rows, and keep the memory open.
public final class RowReader {
  private RowReader() {}

  /// Writes a row as floats.
  ///
  /// @param target address of the first column
  /// @param columnBytes bytes from one written column to the next
  public static void read(
      VectorSource source, long row, boolean normalize, long target, long columnBytes) {
    float scale = scale(source, row, normalize);
    readColumns(source, row, 0, source.dimension(), scale, target, columnBytes);
  }

  /// Writes columns `from` to `from + length` of a row, each times `scale`.
  public static void readColumns(
      VectorSource source,
      long row,
      int from,
      int length,
      float scale,
      long target,
      long columnBytes) {
    long at = source.address(row) + (long) from * source.elementType().elementBytes();
    switch (source.elementType()) {
      case FLOAT32 -> {
        for (int i = 0; i < length; i++) {
          ALL.set(FLOAT, target + i * columnBytes, ALL.get(FLOAT, at + 4L * i) * scale);
        }
      }
      case UINT8 -> {
        for (int i = 0; i < length; i++) {
          ALL.set(FLOAT, target + i * columnBytes, (ALL.get(BYTE, at + i) & 0xff) * scale);
        }
      }
      case INT8 -> {
        for (int i = 0; i < length; i++) {
          ALL.set(FLOAT, target + i * columnBytes, ALL.get(BYTE, at + i) * scale);
        }
      }
    }
  }

  /// The factor that brings a row to unit length, or 1 if that is not asked for. A row of zeros has
  /// no unit-length copy and gets 1 as well.
  public static float scale(VectorSource source, long row, boolean normalize) {
    if (!normalize) {
      return 1;
    }
    double norm = Math.sqrt(squaredNorm(source, row));
    return norm == 0 ? 1 : (float) (1 / norm);
  }

  private static double squaredNorm(VectorSource source, long row) {
    long at = source.address(row);
    int dimension = source.dimension();
    return switch (source.elementType()) {
      case FLOAT32 -> {
        double sum = 0;
        for (int i = 0; i < dimension; i++) {
          double element = ALL.get(FLOAT, at + 4L * i);
          sum += element * element;
        }
        yield sum;
      }
      case UINT8 -> {
        int sum = 0;
        for (int i = 0; i < dimension; i++) {
          int element = ALL.get(BYTE, at + i) & 0xff;
          sum += element * element;
        }
        yield sum;
      }
      case INT8 -> {
        int sum = 0;
        for (int i = 0; i < dimension; i++) {
          int element = ALL.get(BYTE, at + i);
          sum += element * element;
        }
        yield sum;
      }
    };
  }

  /// Fails unless the memory behind a segment is still open. Raw addresses skip this check.
  public static void requireOpen(MemorySegment segment, String what) {
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException(what + " memory is closed");
    }
  }
}
