package com.omendb.diskann.pages;

import com.omendb.vectors.Metric;
import com.omendb.vectors.UnitLength;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Encodes records of [BasePageFormat] into scratch memory of its own. Not thread-safe.
final class RecordEncoder {
  private final VectorSource vectors;
  private final NeighbourCodec codec;
  private final boolean unitLength;
  private final MemorySegment scratch;

  RecordEncoder(
      VectorSource vectors, Metric metric, int maxDegree, NeighbourCodec codec, Arena arena) {
    this.vectors = vectors;
    this.codec = codec;
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
    Arrays.sort(neighbours, 0, degree);
    return (int) (codec.write(at, neighbours, degree) - scratch.address());
  }

  /// The record encoded last.
  MemorySegment record() {
    return scratch;
  }
}
