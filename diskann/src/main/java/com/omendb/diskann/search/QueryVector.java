package com.omendb.diskann.search;

import com.omendb.diskann.format.UnitLength;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.SearchRequest;
import com.omendb.vectors.VectorChecks;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The query of a search, copied to native memory and brought into the form that [ExactDistance]
/// expects. Reused from search to search. Not thread-safe.
final class QueryVector {
  private final Metric metric;
  private final ElementType elementType;
  private final int dimension;
  private final long nodeCount;
  private final boolean unitLength;
  private final MemorySegment query;
  private final VectorSource source;

  QueryVector(Metric metric, ElementType elementType, int dimension, long nodeCount, Arena arena) {
    this.metric = metric;
    this.elementType = elementType;
    this.dimension = dimension;
    this.nodeCount = nodeCount;
    this.unitLength = UnitLength.applies(metric, elementType);
    this.query = arena.allocate(elementType.vectorBytes(dimension), 64);
    this.source = VectorSource.dense(query, 1, dimension, elementType);
  }

  /// Takes the vector of a request.
  ///
  /// @throws IllegalArgumentException if the request does not fit the index
  void set(SearchRequest request) {
    check(request);
    MemorySegment.copy(request.query(), 0, query, 0, query.byteSize());
    if (elementType == ElementType.FLOAT32) {
      checkFinite();
    }
    if (unitLength) {
      UnitLength.normalize(query, dimension);
    } else if (metric == Metric.COSINE && isZero()) {
      throw new IllegalArgumentException("a query without direction has no cosine: norm=0");
    }
  }

  /// Native address of the prepared query.
  long address() {
    return query.address();
  }

  /// The prepared query as a source of one row.
  VectorSource source() {
    return source;
  }

  /// The length of the prepared query.
  double norm() {
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      double value = source.element(0, i);
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private void check(SearchRequest request) {
    if (request.elementType() != elementType) {
      throw new IllegalArgumentException(
          "query and index differ in element type: query elementType="
              + request.elementType().label()
              + ", index elementType="
              + elementType.label());
    }
    if (request.query().byteSize() != query.byteSize()) {
      throw new IllegalArgumentException(
          "query and index differ in dimension: query dimension="
              + request.query().byteSize() / elementType.elementBytes()
              + ", index dimension="
              + dimension);
    }
    if (request.k() > nodeCount) {
      throw new IllegalArgumentException(
          "k is larger than the index: k=" + request.k() + ", count=" + nodeCount);
    }
  }

  private void checkFinite() {
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      float value = query.get(NativeMemory.FLOAT, (long) i * Float.BYTES);
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("query holds " + value + " at column=" + i);
      }
      sum += (double) value * value;
    }
    if (sum > VectorChecks.MAX_SQUARED_NORM) {
      throw new IllegalArgumentException("query is too long for float distances: norm^2=" + sum);
    }
  }

  private boolean isZero() {
    for (long i = 0; i < query.byteSize(); i++) {
      if (query.get(NativeMemory.BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }
}
