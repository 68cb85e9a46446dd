package com.omendb.store;

import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How to open an index. Each setter names the default of what is left out.
///
/// Here are the options that most programs set: memory, concurrent searches, reports. [OpenTuning]
/// has those whose defaults rarely need a change.
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

  /// {@return the defaults}
  public static OpenOptions defaults() {
    return builder().build();
  }

  /// {@return a builder that holds the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that holds these values}
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

  /// {@return how many searches may run at one time}
  public int maxSearchers() {
    return maxSearchers;
  }

  /// {@return the metrics to which the index reports}
  public Metrics metrics() {
    return metrics;
  }

  /// {@return the options whose defaults rarely need a change}
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
    /// GiB. The JVM's own memory is not part of it. More memory saves reads. A budget that is too
    /// small is refused when the index is opened.
    ///
    /// @param value bytes
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder memoryBudgetBytes(long value) {
      memoryBudgetBytes = Ranges.requirePositive("memoryBudgetBytes", value);
      return this;
    }

    /// Sets how many searches may run at one time, 1 to 4096; default: one for each processor.
    /// Further searches wait. The scratch memory of all searchers is reserved when the index is
    /// opened, which leaves less for page frames.
    ///
    /// @param value searches, 1 to 4096
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder maxSearchers(int value) {
      maxSearchers = Ranges.require("maxSearchers", value, 1, MAX_SEARCHERS);
      return this;
    }

    /// Sets the metrics to which the index reports; default: [Metrics#NONE].
    ///
    /// @param value thread-safe; may serve several indexes
    /// @return this builder
    public Builder metrics(Metrics value) {
      metrics = value;
      return this;
    }

    /// Sets the options whose defaults rarely need a change.
    ///
    /// @param value replaces all that was set before
    /// @return this builder
    public Builder tuning(OpenTuning value) {
      tuning = value;
      return this;
    }

    /// Changes some of the options whose defaults rarely need a change: `tuning(t ->
    /// t.directIo(false))`.
    ///
    /// @param changes called once, with a builder that holds what is set so far
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
