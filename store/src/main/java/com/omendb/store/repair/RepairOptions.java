package com.omendb.store.repair;

import com.omendb.vectors.range.Ranges;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How to repair an index. Each setter names the default of what is left out.
///
/// Immutable and thread-safe. `RepairOptions.builder().threads(2).build()`
public final class RepairOptions {
  private static final int MAX_THREADS = 1024;

  private final long memoryBudgetBytes;
  private final int threads;

  private RepairOptions(Builder builder) {
    this.memoryBudgetBytes = builder.memoryBudgetBytes;
    this.threads = builder.threads;
  }

  /// {@return the defaults}
  public static RepairOptions defaults() {
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
    builder.threads = threads;
    return builder;
  }

  /// {@return bytes that the whole process may use}
  public long memoryBudgetBytes() {
    return memoryBudgetBytes;
  }

  /// {@return worker threads}
  public int threads() {
    return threads;
  }

  private List<Object> values() {
    return List.of(memoryBudgetBytes, threads);
  }

  /// Options are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RepairOptions options && values().equals(options.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "RepairOptions[memoryBudgetBytes=%d, threads=%d]".formatted(values().toArray());
  }

  /// Collects options. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private long memoryBudgetBytes = 4L << 30;
    private int threads = Runtime.getRuntime().availableProcessors();

    private Builder() {}

    /// Sets the bytes that the whole process may use, as the operating system counts its peak, JVM
    /// included; default: 4 GiB. If the data does not fit, the repair works in files beside the
    /// index. A budget that is too small is refused when the repair begins.
    ///
    /// @param value bytes, JVM included
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder memoryBudgetBytes(long value) {
      memoryBudgetBytes = Ranges.requirePositive("memoryBudgetBytes", value);
      return this;
    }

    /// Sets the worker threads, 1 to 1024; default: one for each processor.
    ///
    /// @param value threads, 1 to 1024
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder threads(int value) {
      threads = Ranges.require("threads", value, 1, MAX_THREADS);
      return this;
    }

    /// {@return the options}
    public RepairOptions build() {
      return new RepairOptions(this);
    }
  }
}
