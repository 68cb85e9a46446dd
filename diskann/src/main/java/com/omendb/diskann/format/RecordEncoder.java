package com.omendb.diskann.format;

import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Encodes records of [BasePageFormat] into scratch memory of its own. Not thread-safe.
final class RecordEncoder {
  private final VectorSource vectors;
  private final boolean unitLength;
  private final MemorySegment scratch;

  RecordEncoder(VectorSource vectors, Metric metric, int maxDegree, Arena arena) {
    this.vectors = vectors;
    this.unitLength = UnitLength.applies(metric, vectors.elementType());
    this.scratch =
        arena.allocate(BasePageFormat.maxRecordBytes(vectors.vectorBytes(), maxDegree), 64);
  }

  /// Encodes the record of a row and returns its length. Sorts `neighbours[0..degree)`, which must
  /// be distinct.
  int encode(long row, long vectorId, int[] neighbours, int degree) {
    int vectorBytes = vectors.vectorBytes();
    MemorySegment.copy(vectors.segment(), vectors.offset(row), scratch, 0, vectorBytes);
    if (unitLength) {
      UnitLength.normalize(scratch, vectors.dimension());
    }
    long at = Varint.write(scratch.address() + vectorBytes, vectorId);
    NativeMemory.ALL.set(NativeMemory.BYTE, at++, (byte) degree);
    Arrays.sort(neighbours, 0, degree);
    int previous = -1;
    for (int i = 0; i < degree; i++) {
      at = Varint.write(at, neighbours[i] - previous - 1L);
      previous = neighbours[i];
    }
    return (int) (at - scratch.address());
  }

  /// The length that [#encode] would return; sorts the neighbours likewise.
  int measure(long vectorId, int[] neighbours, int degree) {
    int bytes = vectors.vectorBytes() + Varint.bytes(vectorId) + 1;
    Arrays.sort(neighbours, 0, degree);
    int previous = -1;
    for (int i = 0; i < degree; i++) {
      bytes += Varint.bytes(neighbours[i] - previous - 1L);
      previous = neighbours[i];
    }
    return bytes;
  }

  /// The record encoded last.
  MemorySegment record() {
    return scratch;
  }
}
