package com.omendb.store;

import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Search options whose defaults rarely need a change: for experiments and measurements.
///
/// Immutable and thread-safe. Set with [SearchRequest.Builder#tuning(Consumer)].
public final class SearchTuning {
  /// The largest beamWidth.
  public static final int MAX_BEAM_WIDTH = 32;

  private final OptionalInt beamWidth;
  private final OptionalDouble gainThreshold;

  private SearchTuning(Builder builder) {
    this.beamWidth = builder.beamWidth;
    this.gainThreshold = builder.gainThreshold;
  }

  /// {@return a builder that holds the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that holds these values}
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.beamWidth = beamWidth;
    builder.gainThreshold = gainThreshold;
    return builder;
  }

  /// {@return W, page requests in flight; empty if the index chooses}
  public OptionalInt beamWidth() {
    return beamWidth;
  }

  /// {@return how many of the k nearest neighbours a page must be expected to hold to be read;
  /// empty if the index derives it from the searchListSize}
  public OptionalDouble gainThreshold() {
    return gainThreshold;
  }

  private List<Object> values() {
    return List.of(beamWidth, gainThreshold);
  }

  /// Tunings are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SearchTuning tuning && values().equals(tuning.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "SearchTuning[beamWidth=%s, gainThreshold=%s]".formatted(values().toArray());
  }

  /// Collects what is tuned. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private OptionalInt beamWidth = OptionalInt.empty();
    private OptionalDouble gainThreshold = OptionalDouble.empty();

    private Builder() {}

    /// Sets W, the page requests in flight, 1 to 32; default: 4 to 32, more if more of the graph is
    /// in memory. A wider beam takes fewer rounds and may read pages that a narrower one would not
    /// need.
    ///
    /// @param value requests, 1 to 32
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder beamWidth(int value) {
      beamWidth = OptionalInt.of(Ranges.require("beamWidth", value, 1, MAX_BEAM_WIDTH));
      return this;
    }

    /// Sets how many of the k nearest neighbours a page must be expected to hold to be read, 0 to
    /// 1; default: `(k / searchListSize)^2`. A lower threshold finds more neighbours and reads more
    /// pages.
    ///
    /// @param value expected neighbours a page, 0 to 1
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder gainThreshold(double value) {
      gainThreshold = OptionalDouble.of(Ranges.requireNumber("gainThreshold", value, 0, 1));
      return this;
    }

    /// {@return the tuning}
    public SearchTuning build() {
      return new SearchTuning(this);
    }
  }
}
