package com.omendb.store;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.range.Ranges;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One query: a vector, how many neighbours are wanted, and how hard to look. Each setter names the
/// default of what is left out.
///
/// Here are the options that most programs set: the length of the candidate list, which is the
/// effort, limits, and what to do about damaged pages. [SearchTuning] has those whose defaults
/// rarely need a change.
///
/// The vector is not copied. A search reads it on the calling thread only, so it may lie in a
/// confined arena of that thread; it must not change until the search has returned. Immutable
/// otherwise, and thread-safe. `SearchRequest.builder(query, 10).searchListSize(50).build()`
public final class SearchRequest {
  /// The largest k and searchListSize that a request may ask for.
  public static final int MAX_SEARCH_LIST_SIZE = 10_000;

  private static final SearchTuning DEFAULT_TUNING = SearchTuning.builder().build();

  private final MemorySegment query;
  private final ElementType elementType;
  private final int k;
  private final OptionalInt searchListSize;
  private final OptionalInt maxPageReads;
  private final Optional<Duration> timeout;
  private final boolean degraded;
  private final SearchTuning tuning;

  private SearchRequest(Builder builder) {
    this.query = builder.query;
    this.elementType = builder.elementType;
    this.k = builder.k;
    this.searchListSize = builder.searchListSize;
    this.maxPageReads = builder.maxPageReads;
    this.timeout = builder.timeout;
    this.degraded = builder.degraded;
    this.tuning = builder.tuning;
  }

  /// {@return a float32 query with the index's default effort}
  ///
  /// @param k neighbours wanted, 1 to 10,000
  /// @param query one float an element; the array is not copied
  /// @throws IllegalArgumentException if k is out of range
  public static SearchRequest of(float[] query, int k) {
    return builder(query, k).build();
  }

  /// {@return a query of unsigned bytes with the index's default effort}
  ///
  /// @param k neighbours wanted, 1 to 10,000
  /// @param query one byte an element, 0 to 255; the array is not copied
  /// @throws IllegalArgumentException if k is out of range
  public static SearchRequest ofUint8(byte[] query, int k) {
    return builder(MemorySegment.ofArray(query), ElementType.UINT8, k).build();
  }

  /// {@return a query of signed bytes with the index's default effort}
  ///
  /// @param k neighbours wanted, 1 to 10,000
  /// @param query one byte an element, -128 to 127; the array is not copied
  /// @throws IllegalArgumentException if k is out of range
  public static SearchRequest ofInt8(byte[] query, int k) {
    return builder(MemorySegment.ofArray(query), ElementType.INT8, k).build();
  }

  /// {@return a row of a vector source as query, with the index's default effort}
  ///
  /// @param k neighbours wanted, 1 to 10,000
  /// @param source vectors of the dimension and element type of the index
  /// @param row counted from 0
  /// @throws IllegalArgumentException if k is out of range
  /// @throws IndexOutOfBoundsException if there is no such row
  public static SearchRequest of(VectorSource source, long row, int k) {
    return builder(source, row, k).build();
  }

  /// {@return a query in memory with the index's default effort}
  ///
  /// @param k neighbours wanted, 1 to 10,000
  /// @param query heap or native memory of exactly dimension * elementBytes bytes that the
  ///   searching thread may read
  /// @param elementType type of the query's elements; must be the index's
  /// @throws IllegalArgumentException if k is out of range
  public static SearchRequest of(MemorySegment query, ElementType elementType, int k) {
    return builder(query, elementType, k).build();
  }

  /// {@return a builder of a float32 query}
  ///
  /// @param k neighbours wanted, 1 to 10,000; of an index with fewer vectors all are found
  /// @param query one float an element; the array is not copied
  /// @throws IllegalArgumentException if k is out of range
  public static Builder builder(float[] query, int k) {
    return builder(MemorySegment.ofArray(query), ElementType.FLOAT32, k);
  }

  /// {@return a builder of a query that is a row of a vector source}
  ///
  /// @param k neighbours wanted, 1 to 10,000; of an index with fewer vectors all are found
  /// @param source vectors of the dimension and element type of the index
  /// @param row counted from 0
  /// @throws IllegalArgumentException if k is out of range
  /// @throws IndexOutOfBoundsException if there is no such row
  public static Builder builder(VectorSource source, long row, int k) {
    return builder(
        source.segment().asSlice(source.offset(row), source.vectorBytes()),
        source.elementType(),
        k);
  }

  /// {@return a builder of a query in memory}
  ///
  /// @param query heap or native memory of exactly dimension * elementBytes bytes that the
  ///   searching thread may read
  /// @param elementType type of the query's elements; must be the index's
  /// @param k neighbours wanted, 1 to 10,000; of an index with fewer vectors all are found
  /// @throws IllegalArgumentException if k is out of range
  public static Builder builder(MemorySegment query, ElementType elementType, int k) {
    return new Builder(query, elementType, k);
  }

  /// {@return a builder that holds these values}
  public Builder toBuilder() {
    Builder builder = new Builder(query, elementType, k);
    builder.searchListSize = searchListSize;
    builder.maxPageReads = maxPageReads;
    builder.timeout = timeout;
    builder.degraded = degraded;
    builder.tuning = tuning;
    return builder;
  }

  /// {@return the query vector}
  public MemorySegment query() {
    return query;
  }

  /// {@return type of the query's elements}
  public ElementType elementType() {
    return elementType;
  }

  /// {@return neighbours wanted}
  public int k() {
    return k;
  }

  /// {@return L, the length of the candidate list; empty if the index chooses}
  public OptionalInt searchListSize() {
    return searchListSize;
  }

  /// {@return the largest number of pages that the search may ask for; empty if the index chooses}
  public OptionalInt maxPageReads() {
    return maxPageReads;
  }

  /// {@return the time after which the search ends with what it has found; empty for no limit}
  public Optional<Duration> timeout() {
    return timeout;
  }

  /// {@return whether the search skips pages that are damaged or cannot be read}
  public boolean degraded() {
    return degraded;
  }

  /// {@return the options whose defaults rarely need a change}
  public SearchTuning tuning() {
    return tuning;
  }

  private List<Object> values() {
    return List.of(query, elementType, k, searchListSize, maxPageReads, timeout, degraded, tuning);
  }

  /// Requests are equal if all of their values are, and their queries lie at one place in memory.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SearchRequest request && values().equals(request.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return ("SearchRequest[query=%s, elementType=%s, k=%d, searchListSize=%s,"
            + " maxPageReads=%s, timeout=%s, degraded=%b, tuning=%s]")
        .formatted(values().toArray());
  }

  /// Collects the options of one search. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private final int k;
    private MemorySegment query;
    private ElementType elementType;
    private OptionalInt searchListSize = OptionalInt.empty();
    private OptionalInt maxPageReads = OptionalInt.empty();
    private Optional<Duration> timeout = Optional.empty();
    private boolean degraded;
    private SearchTuning tuning = DEFAULT_TUNING;

    private Builder(MemorySegment query, ElementType elementType, int k) {
      this.query = query;
      this.elementType = elementType;
      this.k = Ranges.require("k", k, 1, MAX_SEARCH_LIST_SIZE);
    }

    /// Replaces the query.
    ///
    /// @param value heap or native memory of exactly dimension * elementBytes bytes
    /// @param newElementType type of its elements; must be the index's
    /// @return this builder
    public Builder query(MemorySegment value, ElementType newElementType) {
      query = value;
      elementType = newElementType;
      return this;
    }

    /// Sets the length L of the candidate list, k to 10,000, which is the effort of the search;
    /// default: 30, or 40 where all vectors are in memory; 2k if that is more. A longer list finds
    /// more neighbours and reads more pages.
    ///
    /// @param value entries, k to 10,000
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder searchListSize(int value) {
      if (value < k || value > MAX_SEARCH_LIST_SIZE) {
        throw new IllegalArgumentException(
            "searchListSize out of range k..%d: k=%d, searchListSize=%d"
                .formatted(MAX_SEARCH_LIST_SIZE, k, value));
      }
      searchListSize = OptionalInt.of(value);
      return this;
    }

    /// Sets the largest number of pages that the search may ask for, at least 1. The search never
    /// exceeds it; its result may then hold fewer than k vectors, and [SearchStats#end] says so.
    /// Default: a limit derived from searchListSize, which a search exceeds only while it has found
    /// fewer than k.
    ///
    /// @param value pages, at least 1
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder maxPageReads(int value) {
      maxPageReads = OptionalInt.of(Ranges.requirePositive("maxPageReads", value));
      return this;
    }

    /// Sets the time after which the search ends and returns what it has found; default: none. It
    /// is counted from the call and includes the wait for a searcher.
    ///
    /// @param value positive
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder timeout(Duration value) {
      if (!value.isPositive()) {
        throw new IllegalArgumentException("timeout must be positive: timeout=" + value);
      }
      timeout = Optional.of(value);
      return this;
    }

    /// Sets whether the search skips pages that are damaged or cannot be read; default: no, such a
    /// page fails the search. [SearchStats#skippedPages] of the result counts them.
    ///
    /// @param value true to skip them
    /// @return this builder
    public Builder degraded(boolean value) {
      degraded = value;
      return this;
    }

    /// Sets the options whose defaults rarely need a change.
    ///
    /// @param value replaces all that was set before
    /// @return this builder
    public Builder tuning(SearchTuning value) {
      tuning = value;
      return this;
    }

    /// Changes some of the options whose defaults rarely need a change: `tuning(t ->
    /// t.beamWidth(8))`.
    ///
    /// @param changes called once, with a builder that holds what is set so far
    /// @return this builder
    public Builder tuning(Consumer<SearchTuning.Builder> changes) {
      SearchTuning.Builder builder = tuning.toBuilder();
      changes.accept(builder);
      return tuning(builder.build());
    }

    /// {@return the request}
    public SearchRequest build() {
      return new SearchRequest(this);
    }
  }
}
