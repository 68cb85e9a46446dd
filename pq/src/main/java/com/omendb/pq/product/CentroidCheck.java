package com.omendb.pq.product;

import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.CodeMismatch;
import com.omendb.pq.rows.RowReader;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Compares a code with the one that its vector gets now.
///
/// Two centroids may be as near as each other but for rounding, and vectors of unit length were
/// rounded once more after they were encoded: what counts is that a code's centroid is as near as
/// the nearest, not that it is the same.
final class CentroidCheck {
  private static final double RELATIVE_SLACK = 1e-3;
  private static final double NORM_SLACK = 1e-5;

  private final ProductQuantizer quantizer;
  private final float[] vector;

  CentroidCheck(ProductQuantizer quantizer, VectorSource source, long row) {
    this.quantizer = quantizer;
    vector = new float[quantizer.dimension()];
    source.copyRow(row, vector);
    float scale = RowReader.scale(source, row, quantizer.normalize());
    for (int column = 0; column < vector.length; column++) {
      vector[column] *= scale;
    }
  }

  @Nullable CodeMismatch mismatch(MemorySegment codes, MemorySegment encoded, long offset) {
    for (int s = 0; s < quantizer.subspaceCount(); s++) {
      int found = Byte.toUnsignedInt(codes.get(BYTE, offset + s));
      int expected = Byte.toUnsignedInt(encoded.get(BYTE, offset + s));
      if (found != expected && !isAsNear(s, found, expected)) {
        return new CodeMismatch(s, "subspace=" + s, "centroid " + expected, "centroid " + found);
      }
    }
    return null;
  }

  private boolean isAsNear(int subspace, int found, int expected) {
    int from = quantizer.subspaceOffset(subspace);
    int to = from + quantizer.subspaceLength(subspace);
    double norm = 0;
    for (int column = from; column < to; column++) {
      norm += (double) vector[column] * vector[column];
    }
    double slack = NORM_SLACK * norm;
    return distance(from, to, found) <= distance(from, to, expected) * (1 + RELATIVE_SLACK) + slack;
  }

  private double distance(int from, int to, int centroid) {
    double sum = 0;
    for (int column = from; column < to; column++) {
      long at = ((long) column * ProductQuantizer.CENTROID_COUNT + centroid) * Float.BYTES;
      double difference = vector[column] - quantizer.codebook().get(FLOAT, at);
      sum += difference * difference;
    }
    return sum;
  }
}
