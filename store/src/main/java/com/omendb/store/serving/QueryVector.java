package com.omendb.store.serving;

import com.omendb.store.SearchRequest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.UnitLength;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.check.VectorChecks;
import com.omendb.vectors.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The query of a search, copied to native memory and brought into the form that
/// [com.omendb.diskann.search.ExactDistance] expects. Reused from search to search. Not
/// thread-safe.
public final class QueryVector {
  private final QueryForm form;
  private final boolean unitLength;
  private final MemorySegment query;
  private final VectorSource source;

  public QueryVector(QueryForm form, Arena arena) {
    this.form = form;
    this.unitLength = form.space().unitLength();
    this.query = arena.allocate(form.bytes(), 64);
    this.source =
        VectorSource.dense(query, 1, form.space().dimension(), form.space().elementType());
  }

  /// Takes the vector of a request.
  ///
  /// @throws IllegalArgumentException if the request does not fit the index
  public void set(SearchRequest request) {
    form.check(request);
    MemorySegment.copy(request.query(), 0, query, 0, query.byteSize());
    if (form.space().elementType() == ElementType.FLOAT32) {
      checkFinite();
    }
    if (unitLength) {
      UnitLength.normalize(query, form.space().dimension());
    } else if (form.space().metric() == Metric.COSINE && isZero()) {
      throw new IllegalArgumentException("a query without direction has no cosine: norm=0");
    }
  }

  /// Native address of the prepared query.
  public long address() {
    return query.address();
  }

  /// The prepared query as a source of one row.
  public VectorSource source() {
    return source;
  }

  /// The length of the prepared query.
  public double norm() {
    double sum = 0;
    for (int i = 0; i < form.space().dimension(); i++) {
      double value = source.element(0, i);
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private void checkFinite() {
    double sum = 0;
    for (int i = 0; i < form.space().dimension(); i++) {
      float value = query.get(NativeMemory.FLOAT, (long) i * Float.BYTES);
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("query holds " + value + " at column=" + i);
      }
      sum += (double) value * value;
    }
    String problem = VectorChecks.lengthProblem(sum);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException("query " + problem + ": squaredNorm=" + sum);
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
