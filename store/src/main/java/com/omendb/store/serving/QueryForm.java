package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Space;
import com.omendb.vectors.memory.SegmentAccess;
import java.lang.foreign.MemorySegment;

/// What a query of an index has to be. Immutable and thread-safe.
///
/// @param space distance, type and dimension of the index
public record QueryForm(Space space) {

  /// Bytes of a query.
  int bytes() {
    return space.vectorBytes();
  }

  /// Checks that a request has the form and that the calling thread may read its query.
  ///
  /// @throws IllegalArgumentException if not
  void check(SearchRequest request) {
    ElementType elementType = space.elementType();
    if (request.elementType() != elementType) {
      throw new IllegalArgumentException(
          "query and index differ in element type: query elementType="
              + request.elementType().label()
              + ", index elementType="
              + elementType.label());
    }
    MemorySegment query = request.query();
    if (query.byteSize() != bytes()) {
      throw new IllegalArgumentException(
          "query and index differ in dimension: query dimension="
              + query.byteSize() / elementType.elementBytes()
              + ", index dimension="
              + space.dimension());
    }
    SegmentAccess.requireReadable(query, "query");
  }

  /// The request with a copy of its query on the heap, for another thread to read at any time.
  ///
  /// @throws IllegalArgumentException if it does not have the form
  SearchRequest copied(SearchRequest request) {
    check(request);
    byte[] query = new byte[bytes()];
    MemorySegment copy = MemorySegment.ofArray(query);
    copy.copyFrom(request.query());
    return request.toBuilder().query(copy, space.elementType()).build();
  }
}
