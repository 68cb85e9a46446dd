package com.omendb.diskann.parts;

import com.omendb.pagecache.file.FileHeader;
import com.omendb.pq.ProductQuantizer;
import com.omendb.store.checking.CheckedFile;
import com.omendb.store.checking.DamageLog;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Encodes vectors again and compares the codes with those of a file.
///
/// Two centroids may be as near as each other but for rounding, and vectors of unit length were
/// rounded once more after they were encoded: what counts is that a code's centroid is as near as
/// the nearest, not that it is the same. Thread-safe.
final class CodeCheck implements PageComparison {
  private static final double RELATIVE_SLACK = 1e-3;
  private static final double NORM_SLACK = 1e-5;

  private final CheckedFile codes;
  private final ProductQuantizer quantizer;
  private final DamageLog log;

  CodeCheck(CheckedFile codes, ProductQuantizer quantizer, DamageLog log) {
    this.codes = codes;
    this.quantizer = quantizer;
    this.log = log;
  }

  /// Bytes of a code.
  int codeBytes() {
    return quantizer.subspaceCount();
  }

  @Override
  public void sample(int firstNode, VectorSource vectors, MemorySegment scratch) {
    int codeBytes = codeBytes();
    long bytes = vectors.count() * codeBytes;
    MemorySegment stored = scratch.asSlice(0, bytes);
    MemorySegment encoded = scratch.asSlice(bytes, bytes);
    long offset = FileHeader.BYTES + (long) firstNode * codeBytes;
    try {
      codes.scan().read(stored, offset);
    } catch (IOException e) {
      log.add(codes.name(), Kind.UNREADABLE, offset, "readable bytes", String.valueOf(e));
      return;
    }
    quantizer.encode(vectors, 0, vectors.count(), encoded, 0);
    long at = MemorySegment.mismatch(stored, 0, bytes, encoded, 0, bytes);
    while (at >= 0) {
      long row = at / codeBytes;
      compare(firstNode, vectors, row, stored, encoded);
      long next = (row + 1) * codeBytes;
      long further = MemorySegment.mismatch(stored, next, bytes, encoded, next, bytes);
      at = further < 0 ? -1 : next + further;
    }
  }

  private void compare(
      int firstNode, VectorSource vectors, long row, MemorySegment stored, MemorySegment encoded) {
    float[] vector = new float[vectors.dimension()];
    vectors.copyRow(row, vector);
    if (quantizer.normalize()) {
      normalize(vector);
    }
    for (int s = 0; s < codeBytes(); s++) {
      long at = row * codeBytes() + s;
      int found = Byte.toUnsignedInt(stored.get(NativeMemory.BYTE, at));
      int expected = Byte.toUnsignedInt(encoded.get(NativeMemory.BYTE, at));
      if (found != expected && !isAsNear(vector, s, found, expected)) {
        log.add(
            codes.name(),
            Kind.CODE,
            FileHeader.BYTES + (firstNode + row) * codeBytes() + s,
            "centroid " + expected + ": node=" + (firstNode + row) + ", subspace=" + s,
            "centroid " + found);
        return;
      }
    }
  }

  private boolean isAsNear(float[] vector, int subspace, int found, int expected) {
    int from = quantizer.subspaceOffset(subspace);
    int to = from + quantizer.subspaceLength(subspace);
    double norm = 0;
    for (int column = from; column < to; column++) {
      norm += (double) vector[column] * vector[column];
    }
    double slack = NORM_SLACK * norm;
    return distance(vector, from, to, found)
        <= distance(vector, from, to, expected) * (1 + RELATIVE_SLACK) + slack;
  }

  private double distance(float[] vector, int from, int to, int centroid) {
    double sum = 0;
    for (int column = from; column < to; column++) {
      long at = ((long) column * ProductQuantizer.CENTROID_COUNT + centroid) * Float.BYTES;
      double difference = vector[column] - quantizer.codebook().get(NativeMemory.FLOAT, at);
      sum += difference * difference;
    }
    return sum;
  }

  private static void normalize(float[] vector) {
    double sum = 0;
    for (float element : vector) {
      sum += (double) element * element;
    }
    float scale = sum == 0 ? 1 : (float) (1 / Math.sqrt(sum));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
  }
}
