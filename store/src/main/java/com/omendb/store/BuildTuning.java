package com.omendb.store;

import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the library chooses well by itself when it builds an index: for experiments, for data on
/// which the defaults were measured to do badly, and for builds that have to be repeatable.
///
/// Immutable and thread-safe. Set with [BuildOptions.Builder#tuning(Consumer)].
public final class BuildTuning {
  private final BuildMethod method;
  private final int buildListSize;
  private final float alpha;
  private final OptionalInt codeBytes;
  private final long seed;

  private BuildTuning(Builder builder) {
    this.method = builder.method;
    this.buildListSize = builder.buildListSize;
    this.alpha = builder.alpha;
    this.codeBytes = builder.codeBytes;
    this.seed = builder.seed;
  }

  /// {@return a builder in which everything is as by default}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder in which everything is as here}
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.method = method;
    builder.buildListSize = buildListSize;
    builder.alpha = alpha;
    builder.codeBytes = codeBytes;
    builder.seed = seed;
    return builder;
  }

  /// {@return how the candidate neighbours of each node are found}
  public BuildMethod method() {
    return method;
  }

  /// {@return L of the searches of the method `vamana`}
  public int buildListSize() {
    return buildListSize;
  }

  /// {@return prune slack}
  public float alpha() {
    return alpha;
  }

  /// {@return bytes a code; empty if the library chooses them}
  public OptionalInt codeBytes() {
    return codeBytes;
  }

  /// {@return source of all randomness}
  public long seed() {
    return seed;
  }

  private List<Object> values() {
    return List.of(method, buildListSize, alpha, codeBytes, seed);
  }

  /// Tunings are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BuildTuning tuning && values().equals(tuning.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "BuildTuning[method=%s, buildListSize=%d, alpha=%s, codeBytes=%s, seed=%d]"
        .formatted(values().toArray());
  }

  /// Collects what is tuned. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private BuildMethod method = BuildMethod.LEAF;
    private int buildListSize = 100;
    private float alpha = 1.2f;
    private OptionalInt codeBytes = OptionalInt.empty();
    private long seed = 42;

    private Builder() {}

    /// Sets how the candidate neighbours of each node are found; default: [BuildMethod#LEAF].
    /// [BuildMethod#VAMANA] finds as many and takes several times as long.
    ///
    /// @param value how the candidate neighbours of each node are found
    /// @return this builder
    public Builder method(BuildMethod value) {
      method = value;
      return this;
    }

    /// Sets L of the search that finds a node's candidates by the method `vamana`, 4 to 10,000;
    /// default: 100. More makes a better graph, and takes longer. The method `leaf` takes no
    /// notice.
    ///
    /// @param value L of the search that finds a node's candidates by the method `vamana`
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder buildListSize(int value) {
      buildListSize = Ranges.require("buildListSize", value, 4, SearchRequest.MAX_SEARCH_LIST_SIZE);
      return this;
    }

    /// Sets the prune slack, 1 to 4; default: 1.2. More keeps longer edges: searches need fewer
    /// steps, and find less around each.
    ///
    /// @param value the prune slack
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder alpha(float value) {
      Ranges.requireNumber("alpha", value, 1, 4);
      alpha = value;
      return this;
    }

    /// Sets the bytes of a vector's code, 1 to 512, no more than the dimension; default: several
    /// sizes, the smallest a quarter of the dimension and at most 64, from which the memory budget
    /// chooses when the index is opened. More take more memory and save reads.
    ///
    /// @param value the bytes of a vector's code
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder codeBytes(int value) {
      codeBytes = OptionalInt.of(Ranges.require("codeBytes", value, 1, 512));
      return this;
    }

    /// Sets the source of all randomness; default: 42. One seed on one thread gives one graph.
    ///
    /// @param value the source of all randomness
    /// @return this builder
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /// {@return the tuning}
    public BuildTuning build() {
      return new BuildTuning(this);
    }
  }
}
