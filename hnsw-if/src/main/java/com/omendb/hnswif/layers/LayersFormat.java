package com.omendb.hnswif.layers;

import com.omendb.store.directory.Manifest;
import java.util.Arrays;

/// The layout of `layers.hnsw`: the upper layers of a hybrid index, read into memory for searching.
///
/// Members are numbered so that those of higher layers come first: layer l consists of the members
/// 0..c(l)-1, and a member keeps its number from layer to layer. The payload of the segment file:
///
/// ```
///   u32[c(1)]                        node of the base layer of each member
///   zero to a multiple of 64
///   vector[c(1)]                     float32 vectors of a cosine index have unit length
///   zero to a multiple of 64
///   for each layer l = 1, 2, ...:
///     { u32 degree, u32[R] }[c(l)]   neighbours (members of the layer); unused places are zero
/// ```
///
/// Header fields: 0 number of layers, 1 dimension, 2 element type code, 3 metric code, 4 degree cap
/// R, 5 the member at which a search enters the top layer, 6 onwards c(1), c(2), ...
final class LayersFormat {
  static final String MAGIC = "OMENLAYR";
  static final int VERSION = 1;

  static final int FIELD_LAYER_COUNT = 0;
  static final int FIELD_DIMENSION = 1;
  static final int FIELD_ELEMENT_TYPE = 2;
  static final int FIELD_METRIC = 3;
  static final int FIELD_MAX_DEGREE = 4;
  static final int FIELD_ENTRY = 5;
  static final int FIELD_FIRST_COUNT = 6;

  /// More layers than any index of 2^31 nodes draws.
  static final int MAX_LAYERS = 12;

  private static final int ALIGNMENT = 64;

  private LayersFormat() {}

  static long align(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  static long vectorsOffset(long memberCount) {
    return align(memberCount * Integer.BYTES);
  }

  static long rowBytes(int maxDegree) {
    return (maxDegree + 1L) * Integer.BYTES;
  }

  /// Offset of the rows of the layer at `layer` (0 is layer 1), or of the end for one past the
  /// last.
  static long rowsOffset(long[] memberCounts, int layer, int vectorBytes, int maxDegree) {
    long offset = align(vectorsOffset(memberCounts[0]) + memberCounts[0] * (long) vectorBytes);
    for (int below = 0; below < layer; below++) {
      offset += memberCounts[below] * rowBytes(maxDegree);
    }
    return offset;
  }

  /// Members of each layer, from layer 1 up.
  static long[] memberCounts(long[] fields) {
    return Arrays.copyOfRange(
        fields, FIELD_FIRST_COUNT, FIELD_FIRST_COUNT + (int) fields[FIELD_LAYER_COUNT]);
  }

  /// Whether header fields, of which there are enough, and the length of the payload fit an index.
  static boolean fits(long[] fields, long payloadBytes, Manifest manifest) {
    long layers = fields[FIELD_LAYER_COUNT];
    long maxDegree = fields[FIELD_MAX_DEGREE];
    boolean plausible =
        fields[FIELD_DIMENSION] == manifest.dimension()
            && fields[FIELD_ELEMENT_TYPE] == manifest.elementType().code()
            && fields[FIELD_METRIC] == manifest.metric().code()
            && layers >= 1
            && layers <= MAX_LAYERS
            && fields.length == FIELD_FIRST_COUNT + layers
            && maxDegree >= 1
            && maxDegree <= 255;
    if (!plausible) {
      return false;
    }
    long[] counts = memberCounts(fields);
    long above = 1;
    for (int layer = counts.length - 1; layer >= 0; layer--) {
      plausible &= counts[layer] >= above && counts[layer] <= manifest.count();
      above = counts[layer];
    }
    long entry = fields[FIELD_ENTRY];
    int vectorBytes = manifest.elementType().vectorBytes(manifest.dimension());
    return plausible
        && entry >= 0
        && entry < counts[counts.length - 1]
        && payloadBytes == rowsOffset(counts, counts.length, vectorBytes, (int) maxDegree);
  }
}
