package com.omendb.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one search cost, and why it ended.
///
/// Time that was not spent waiting was spent computing. For a search of a batch, waiting includes
/// the time in which the thread worked for other searches of the batch. Immutable and thread-safe.
public final class SearchStats {
  private final SearchEnd end;
  private final int rounds;
  private final int expanded;
  private final int pageReads;
  private final int cacheHits;
  private final int wastedReads;
  private final int skippedPages;
  private final long bytesRead;
  private final int approximateDistances;
  private final int exactDistances;
  private final long waitNanos;
  private final long totalNanos;

  private SearchStats(Builder builder) {
    this.end = builder.end;
    this.rounds = builder.rounds;
    this.expanded = builder.expanded;
    this.pageReads = builder.pageReads;
    this.cacheHits = builder.cacheHits;
    this.wastedReads = builder.wastedReads;
    this.skippedPages = builder.skippedPages;
    this.bytesRead = builder.bytesRead;
    this.approximateDistances = builder.approximateDistances;
    this.exactDistances = builder.exactDistances;
    this.waitNanos = builder.waitNanos;
    this.totalNanos = builder.totalNanos;
  }

  /// {@return a builder of statistics in which everything is 0, of a search that finished}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return why the search ended}
  public SearchEnd end() {
    return end;
  }

  /// {@return rounds: how many times the search asked for a set of pages (hops of the beam)}
  public int rounds() {
    return rounds;
  }

  /// {@return nodes whose neighbours were looked at}
  public int expanded() {
    return expanded;
  }

  /// {@return pages read from the SSD}
  public int pageReads() {
    return pageReads;
  }

  /// {@return pages that the search needed and found in memory}
  public int cacheHits() {
    return cacheHits;
  }

  /// {@return pages read from the SSD of which no vector came into the result}
  public int wastedReads() {
    return wastedReads;
  }

  /// {@return pages that the search skipped because they are damaged or could not be read:
  /// neighbours may be missing} Always 0 unless the request was `degraded`.
  public int skippedPages() {
    return skippedPages;
  }

  /// {@return bytes read from the SSD}
  public long bytesRead() {
    return bytesRead;
  }

  /// {@return distances estimated from codes}
  public int approximateDistances() {
    return approximateDistances;
  }

  /// {@return distances computed from full vectors}
  public int exactDistances() {
    return exactDistances;
  }

  /// {@return nanoseconds spent waiting for pages}
  public long waitNanos() {
    return waitNanos;
  }

  /// {@return nanoseconds of the whole search}
  public long totalNanos() {
    return totalNanos;
  }

  /// {@return nanoseconds spent computing}
  public long computeNanos() {
    return totalNanos - waitNanos;
  }

  private List<Object> values() {
    return List.of(
        end,
        rounds,
        expanded,
        pageReads,
        cacheHits,
        wastedReads,
        skippedPages,
        bytesRead,
        approximateDistances,
        exactDistances,
        waitNanos,
        totalNanos);
  }

  /// Statistics are equal if all their figures are, times included.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SearchStats stats && values().equals(stats.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return ("SearchStats[end=%s, rounds=%d, expanded=%d, pageReads=%d, cacheHits=%d,"
            + " wastedReads=%d, skippedPages=%d, bytesRead=%d, approximateDistances=%d,"
            + " exactDistances=%d, waitNanos=%d, totalNanos=%d]")
        .formatted(values().toArray());
  }

  /// Collects the figures of one search. Not thread-safe.
  public static final class Builder {
    private SearchEnd end = SearchEnd.FINISHED;
    private int rounds;
    private int expanded;
    private int pageReads;
    private int cacheHits;
    private int wastedReads;
    private int skippedPages;
    private long bytesRead;
    private int approximateDistances;
    private int exactDistances;
    private long waitNanos;
    private long totalNanos;

    private Builder() {}

    /// Sets why the search ended.
    ///
    /// @param value the reason
    /// @return this builder
    public Builder end(SearchEnd value) {
      end = value;
      return this;
    }

    /// Sets the rounds of page requests and the nodes whose neighbours were looked at.
    ///
    /// @param newRounds how many times the search asked for a set of pages
    /// @param newExpanded number of nodes whose neighbours were looked at
    /// @return this builder
    public Builder walk(int newRounds, int newExpanded) {
      rounds = newRounds;
      expanded = newExpanded;
      return this;
    }

    /// Sets pages by where they came from, and the bytes of those that were read.
    ///
    /// @param reads pages read from the SSD
    /// @param hits pages found in memory
    /// @param wasted pages read of which no vector came into the result
    /// @param skipped pages that are damaged or could not be read
    /// @param bytes bytes read from the SSD
    /// @return this builder
    public Builder pages(int reads, int hits, int wasted, int skipped, long bytes) {
      pageReads = reads;
      cacheHits = hits;
      wastedReads = wasted;
      skippedPages = skipped;
      bytesRead = bytes;
      return this;
    }

    /// Sets how many distances were estimated and how many computed.
    ///
    /// @param approximate distances estimated from codes
    /// @param exact distances computed from full vectors
    /// @return this builder
    public Builder distances(int approximate, int exact) {
      approximateDistances = approximate;
      exactDistances = exact;
      return this;
    }

    /// Sets nanoseconds of waiting and of the whole search.
    ///
    /// @param waiting nanoseconds spent waiting for pages
    /// @param total nanoseconds of the whole search
    /// @return this builder
    public Builder nanos(long waiting, long total) {
      waitNanos = waiting;
      totalNanos = total;
      return this;
    }

    /// {@return the statistics}
    public SearchStats build() {
      return new SearchStats(this);
    }
  }
}
