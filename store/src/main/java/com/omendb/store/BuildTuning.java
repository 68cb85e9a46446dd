package com.omendb.store;

import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Build options whose defaults rarely need a change: for experiments, for data on which the
/// defaults were measured to do badly, and for builds that have to be repeatable.
///
/// Immutable and thread-safe. Set with [BuildOptions.Builder#tuning(Consumer)].
public final class BuildTuning {
  private final BuildMethod method;
  private final int buildListSize;
  private final float alpha;
  private final List<String> codes;
  private final long seed;

  private BuildTuning(Builder builder) {
    this.method = builder.method;
    this.buildListSize = builder.buildListSize;
    this.alpha = builder.alpha;
    this.codes = builder.codes;
    this.seed = builder.seed;
  }

  /// {@return a builder that holds the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that holds these values}
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.method = method;
    builder.buildListSize = buildListSize;
    builder.alpha = alpha;
    builder.codes = codes;
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

  /// {@return alpha, the factor by which pruning favours longer edges}
  public float alpha() {
    return alpha;
  }

  /// {@return the codes that the index keeps, such as `pq:48`; empty if the library chooses them}
  public List<String> codes() {
    return codes;
  }

  /// {@return the seed of all random choices}
  public long seed() {
    return seed;
  }

  private List<Object> values() {
    return List.of(method, buildListSize, alpha, codes, seed);
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
    return "BuildTuning[method=%s, buildListSize=%d, alpha=%s, codes=%s, seed=%d]"
        .formatted(values().toArray());
  }

  /// Collects what is tuned. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private BuildMethod method = BuildMethod.LEAF;
    private int buildListSize = 100;
    private float alpha = 1.2f;
    private List<String> codes = List.of();
    private long seed = 42;

    private Builder() {}

    /// Sets how the candidate neighbours of each node are found; default: [BuildMethod#LEAF].
    /// [BuildMethod#VAMANA] gives a graph of the same quality and takes several times as long.
    ///
    /// @param value the method
    /// @return this builder
    public Builder method(BuildMethod value) {
      method = value;
      return this;
    }

    /// Sets L of the search that finds a node's candidates by the method `vamana`, 4 to 10,000;
    /// default: 100. A longer list gives a better graph and takes longer. The method `leaf` ignores
    /// it.
    ///
    /// @param value entries, 4 to 10,000
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder buildListSize(int value) {
      buildListSize = Ranges.require("buildListSize", value, 4, SearchRequest.MAX_SEARCH_LIST_SIZE);
      return this;
    }

    /// Sets alpha, the factor by which pruning favours longer edges, 1 to 4; default: 1.2. A larger
    /// alpha keeps longer edges: searches take fewer steps, and find fewer candidates at each.
    ///
    /// @param value factor, 1 to 4
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder alpha(float value) {
      Ranges.requireNumber("alpha", value, 1, 4);
      alpha = value;
      return this;
    }

    /// Sets the codes that the index keeps, each as `kind:bytes` of a vector: `pq:48` is product
    /// quantization to 48 bytes, of 1 to 512 and at most the dimension. Default, as without a
    /// value: the index keeps codes of several sizes, the smallest a quarter of the dimension and
    /// at most 64. The memory budget decides at open which is used. Larger codes take more memory
    /// and save reads.
    ///
    /// The index kind knows its codes: a build or plan throws [IllegalArgumentException] for those
    /// that it does not know and those that are too large for the vectors.
    ///
    /// @param values codes, in any order
    /// @return this builder
    public Builder codes(String... values) {
      codes = List.of(values);
      return this;
    }

    /// Sets the seed of all random choices; default: 42. With one thread, equal seeds give equal
    /// graphs.
    ///
    /// @param value any number
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
