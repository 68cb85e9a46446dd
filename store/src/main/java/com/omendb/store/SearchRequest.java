package com.omendb.store;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.MemorySegment;

/// One query: a vector, how many neighbours are wanted, and how hard to look.
///
/// The vector is not copied here; a search reads it on the calling thread only, whatever arena it
/// lies in, and not after it has returned. It must not change until then. Immutable otherwise.
///
/// @param query the query vector, heap or native memory, of exactly dimension * elementBytes bytes,
///   that the searching thread may read
/// @param elementType type of the query's elements; must be the index's
/// @param k neighbours wanted, at least 1; of an index with fewer vectors all are found
/// @param searchListSize length L of the candidate list, at least k, the effort that a search
///   makes; 0 lets the index choose
/// @param beamWidth page requests in flight (W); 0 lets the index choose
/// @param gainThreshold a page is read while it may be expected to hold more than this many of the
///   k nearest neighbours, 0 to 1: less finds more and reads more. Negative derives it from
///   searchListSize, as `(k / searchListSize)^2`
/// @param maxPageReads the most pages that the search may ask for, a bound on its time; only while
///   they hold fewer than k vectors does it ask for more, no more than those take. 0 lets the index
///   choose
/// @param degraded whether to go on without a page that cannot be read or is damaged; the result's
///   [SearchStats#skippedPages] says how many those were. Else such a page fails the search
public record SearchRequest(
    MemorySegment query,
    ElementType elementType,
    int k,
    int searchListSize,
    int beamWidth,
    float gainThreshold,
    int maxPageReads,
    boolean degraded) {

  /// The largest k and searchListSize that a request may ask for.
  public static final int MAX_SEARCH_LIST_SIZE = 10_000;

  /// The gainThreshold that leaves the choice to the index.
  public static final float AUTO_GAIN = -1f;

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
    if (!(gainThreshold <= 1f)) {
      throw new IllegalArgumentException(
          "gainThreshold out of range 0..1 (negative: the default): gainThreshold="
              + gainThreshold);
    }
    if (maxPageReads < 0) {
      throw new IllegalArgumentException(
          "maxPageReads must not be negative (0: the default): maxPageReads=" + maxPageReads);
    }
  }

  /// A float32 query with the index's default effort.
  public static SearchRequest of(float[] query, int k) {
    return of(MemorySegment.ofArray(query), ElementType.FLOAT32, k);
  }

  /// A query of unsigned bytes with the index's default effort.
  public static SearchRequest ofUint8(byte[] query, int k) {
    return of(MemorySegment.ofArray(query), ElementType.UINT8, k);
  }

  /// A query of signed bytes with the index's default effort.
  public static SearchRequest ofInt8(byte[] query, int k) {
    return of(MemorySegment.ofArray(query), ElementType.INT8, k);
  }

  /// A row of a vector source as query, with the index's default effort.
  public static SearchRequest of(VectorSource source, long row, int k) {
    return of(
        source.segment().asSlice(source.offset(row), source.vectorBytes()),
        source.elementType(),
        k);
  }

  /// A query in memory with the index's default effort.
  public static SearchRequest of(MemorySegment query, ElementType elementType, int k) {
    return new SearchRequest(query, elementType, k, 0, 0, AUTO_GAIN, 0, false);
  }

  /// This request with another query.
  public SearchRequest withQuery(MemorySegment newQuery) {
    return new SearchRequest(
        newQuery, elementType, k, searchListSize, beamWidth, gainThreshold, maxPageReads, degraded);
  }

  /// This request with another searchListSize.
  public SearchRequest withSearchListSize(int newSearchListSize) {
    return new SearchRequest(
        query, elementType, k, newSearchListSize, beamWidth, gainThreshold, maxPageReads, degraded);
  }

  /// This request with another beamWidth.
  public SearchRequest withBeamWidth(int newBeamWidth) {
    return new SearchRequest(
        query, elementType, k, searchListSize, newBeamWidth, gainThreshold, maxPageReads, degraded);
  }

  /// This request with another gainThreshold.
  public SearchRequest withGainThreshold(float newGainThreshold) {
    return new SearchRequest(
        query, elementType, k, searchListSize, beamWidth, newGainThreshold, maxPageReads, degraded);
  }

  /// This request with another maxPageReads.
  public SearchRequest withMaxPageReads(int newMaxPageReads) {
    return new SearchRequest(
        query, elementType, k, searchListSize, beamWidth, gainThreshold, newMaxPageReads, degraded);
  }

  /// This request, to go on without pages that cannot be read or are damaged, or not.
  public SearchRequest withDegraded(boolean newDegraded) {
    return new SearchRequest(
        query, elementType, k, searchListSize, beamWidth, gainThreshold, maxPageReads, newDegraded);
  }
}
