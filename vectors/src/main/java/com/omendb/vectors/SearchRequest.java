package com.omendb.vectors;

import java.lang.foreign.MemorySegment;

/// One query: a vector, how many neighbours are wanted, and how hard to look.
///
/// The vector is not copied; it must not change while the search runs. Immutable otherwise.
///
/// @param query the query vector, heap or native memory, of exactly dimension * elementBytes bytes
/// @param elementType type of the query's elements; must be the index's
/// @param k neighbours wanted, 1 to the number of vectors in the index
/// @param searchListSize length L of the candidate list, at least k; 0 lets the index choose
/// @param beamWidth page requests in flight (W); 0 lets the index choose
public record SearchRequest(
    MemorySegment query, ElementType elementType, int k, int searchListSize, int beamWidth) {

  /// The largest k and searchListSize that a request may ask for.
  public static final int MAX_SEARCH_LIST_SIZE = 10_000;

  /// The largest beamWidth that a request may ask for.
  public static final int MAX_BEAM_WIDTH = 32;

  /// Checks the ranges that do not depend on an index.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public SearchRequest {
    if (k < 1 || k > MAX_SEARCH_LIST_SIZE) {
      throw new IllegalArgumentException("k out of range 1.." + MAX_SEARCH_LIST_SIZE + ": k=" + k);
    }
    if (searchListSize != 0 && (searchListSize < k || searchListSize > MAX_SEARCH_LIST_SIZE)) {
      throw new IllegalArgumentException(
          "searchListSize out of range k.."
              + MAX_SEARCH_LIST_SIZE
              + " (0: the default): k="
              + k
              + ", searchListSize="
              + searchListSize);
    }
    if (beamWidth < 0 || beamWidth > MAX_BEAM_WIDTH) {
      throw new IllegalArgumentException(
          "beamWidth out of range 1.."
              + MAX_BEAM_WIDTH
              + " (0: the default): beamWidth="
              + beamWidth);
    }
  }

  /// A float32 query with the index's default effort.
  public static SearchRequest of(float[] query, int k) {
    return new SearchRequest(MemorySegment.ofArray(query), ElementType.FLOAT32, k, 0, 0);
  }

  /// A query of unsigned bytes with the index's default effort.
  public static SearchRequest ofUint8(byte[] query, int k) {
    return new SearchRequest(MemorySegment.ofArray(query), ElementType.UINT8, k, 0, 0);
  }

  /// A query of signed bytes with the index's default effort.
  public static SearchRequest ofInt8(byte[] query, int k) {
    return new SearchRequest(MemorySegment.ofArray(query), ElementType.INT8, k, 0, 0);
  }

  /// A row of a vector source as query, with the index's default effort.
  public static SearchRequest of(VectorSource source, long row, int k) {
    return new SearchRequest(
        source.segment().asSlice(source.offset(row), source.vectorBytes()),
        source.elementType(),
        k,
        0,
        0);
  }

  /// This request with another searchListSize.
  public SearchRequest withSearchListSize(int newSearchListSize) {
    return new SearchRequest(query, elementType, k, newSearchListSize, beamWidth);
  }

  /// This request with another beamWidth.
  public SearchRequest withBeamWidth(int newBeamWidth) {
    return new SearchRequest(query, elementType, k, searchListSize, newBeamWidth);
  }
}
