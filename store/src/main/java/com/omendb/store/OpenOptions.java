package com.omendb.store;

import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How to open an index. What is left out has the default that its setter names.
///
/// What everybody sets is here: memory, concurrent searches, reports. [OpenTuning] has what the
/// library chooses well by itself.
///
/// Immutable and thread-safe. `OpenOptions.builder().memoryBudgetBytes(64_000_000).build()`
public final class OpenOptions {
  private static final int MAX_SEARCHERS = 4096;
  private static final OpenTuning DEFAULT_TUNING = OpenTuning.builder().build();

  private final long memoryBudgetBytes;
  private final int maxSearchers;
  private final Metrics metrics;
  private final OpenTuning tuning;

  private OpenOptions(Builder builder) {
    this.memoryBudgetBytes = builder.memoryBudgetBytes;
    this.maxSearchers = builder.maxSearchers;
    this.metrics = builder.metrics;
    this.tuning = builder.tuning;
  }

  /// {@return everything by default}
  public static OpenOptions defaults() {
    return builder().build();
  }

  /// {@return a builder in which everything is as by default}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder in which everything is as here}
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.memoryBudgetBytes = memoryBudgetBytes;
    builder.maxSearchers = maxSearchers;
    builder.metrics = metrics;
    builder.tuning = tuning;
    return builder;
  }

  /// {@return bytes that the index may use}
  public long memoryBudgetBytes() {
    return memoryBudgetBytes;
  }

  /// Searches that may run at one time.
  ///
  /// @return the result
  public int maxSearchers() {
    return maxSearchers;
  }

  /// {@return where the index reports what it does}
  public Metrics metrics() {
    return metrics;
  }

  /// {@return what the library chooses well by itself}
  public OpenTuning tuning() {
    return tuning;
  }

  private List<Object> values() {
    return List.of(memoryBudgetBytes, maxSearchers, metrics, tuning);
  }

  /// Options are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpenOptions options && values().equals(options.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "OpenOptions[memoryBudgetBytes=%d, maxSearchers=%d, metrics=%s, tuning=%s]"
        .formatted(values().toArray());
  }

  /// Collects options. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private long memoryBudgetBytes = 1L << 30;
    private int maxSearchers = Runtime.getRuntime().availableProcessors();
    private Metrics metrics = Metrics.NONE;
    private OpenTuning tuning = DEFAULT_TUNING;

    private Builder() {}

    /// Sets the bytes that the index may use for codes, layers, page frames and scratch; default: 1
    /// GiB. The JVM's own fixed cost comes on top. More memory saves reads; too little is refused
    /// when the index is opened.
    ///
    /// @param value the bytes that the index may use for codes, layers, page frames and scratch
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder memoryBudgetBytes(long value) {
      memoryBudgetBytes = Ranges.requirePositive("memoryBudgetBytes", value);
      return this;
    }

    /// Sets how many searches may run at one time, 1 to 4096; default: one for each processor. More
    /// searches wait. The scratch of all is reserved when the index is opened, at the cost of page
    /// frames.
    ///
    /// @param value how many searches may run at one time
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder maxSearchers(int value) {
      maxSearchers = Ranges.require("maxSearchers", value, 1, MAX_SEARCHERS);
      return this;
    }

    /// Sets where the index reports what it does; default: nowhere.
    ///
    /// @param value where the index reports what it does
    /// @return this builder
    public Builder metrics(Metrics value) {
      metrics = value;
      return this;
    }

    /// Sets what the library chooses well by itself.
    ///
    /// @param value what the library chooses well by itself
    /// @return this builder
    public Builder tuning(OpenTuning value) {
      tuning = value;
      return this;
    }

    /// Changes some of what the library chooses well by itself: `tuning(t -> t.directIo(false))`.
    ///
    /// @param changes given a builder in which everything is as it is so far
    /// @return this builder
    public Builder tuning(Consumer<OpenTuning.Builder> changes) {
      OpenTuning.Builder builder = tuning.toBuilder();
      changes.accept(builder);
      return tuning(builder.build());
    }

    /// {@return the options}
    public OpenOptions build() {
      return new OpenOptions(this);
    }
  }
}
