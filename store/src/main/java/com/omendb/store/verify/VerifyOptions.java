package com.omendb.store.verify;

import com.omendb.vectors.range.Ranges;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How to verify an index. Each setter names the default of what is left out.
///
/// Immutable and thread-safe. `VerifyOptions.builder(Depth.FULL).threads(2).build()`
public final class VerifyOptions {
  private static final int MAX_THREADS = 1024;

  private final Depth depth;
  private final long memoryBudgetBytes;
  private final int threads;
  private final int maxDamages;

  /// How much is checked.
  public enum Depth {
    /// The manifest, lengths and headers: a few reads.
    QUICK,
    /// Every byte, with the codes of a sample of the vectors: reads the index once.
    FULL,
    /// Every byte, with the codes of all vectors: takes as much computing as making the codes.
    ALL_CODES
  }

  private VerifyOptions(Builder builder) {
    this.depth = builder.depth;
    this.memoryBudgetBytes = builder.memoryBudgetBytes;
    this.threads = builder.threads;
    this.maxDamages = builder.maxDamages;
  }

  /// {@return a [Depth#QUICK] check, the rest by default}
  public static VerifyOptions quick() {
    return builder(Depth.QUICK).build();
  }

  /// {@return a [Depth#FULL] check, the rest by default}
  public static VerifyOptions full() {
    return builder(Depth.FULL).build();
  }

  /// {@return a builder that holds the depth and otherwise the defaults}
  ///
  /// @param depth how much is checked
  public static Builder builder(Depth depth) {
    return new Builder(depth);
  }

  /// {@return a builder that holds these values}
  public Builder toBuilder() {
    Builder builder = new Builder(depth);
    builder.memoryBudgetBytes = memoryBudgetBytes;
    builder.threads = threads;
    builder.maxDamages = maxDamages;
    return builder;
  }

  /// {@return how much is checked}
  public Depth depth() {
    return depth;
  }

  /// {@return whether all bytes are read and checked, not only lengths and headers}
  public boolean isFull() {
    return depth != Depth.QUICK;
  }

  /// {@return whether the codes of all vectors are compared with their vectors}
  public boolean allCodes() {
    return depth == Depth.ALL_CODES;
  }

  /// {@return bytes that the check may use}
  public long memoryBudgetBytes() {
    return memoryBudgetBytes;
  }

  /// {@return threads that read and check}
  public int threads() {
    return threads;
  }

  /// {@return how many damages are listed at most}
  public int maxDamages() {
    return maxDamages;
  }

  private List<Object> values() {
    return List.of(depth, memoryBudgetBytes, threads, maxDamages);
  }

  /// Options are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifyOptions options && values().equals(options.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "VerifyOptions[depth=%s, memoryBudgetBytes=%d, threads=%d, maxDamages=%d]"
        .formatted(values().toArray());
  }

  /// Collects options. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private final Depth depth;
    private long memoryBudgetBytes = 1L << 30;
    private int threads = Runtime.getRuntime().availableProcessors();
    private int maxDamages = 1000;

    private Builder(Depth depth) {
      this.depth = depth;
    }

    /// Sets the bytes that the check may use; default: 1 GiB. If the neighbour lists of all nodes
    /// do not fit, a full check reads pages several times. A budget that is too small is refused
    /// when the check begins.
    ///
    /// @param value bytes
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder memoryBudgetBytes(long value) {
      memoryBudgetBytes = Ranges.requirePositive("memoryBudgetBytes", value);
      return this;
    }

    /// Sets the threads that read and check, 1 to 1024; default: one for each processor.
    ///
    /// @param value threads, 1 to 1024
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder threads(int value) {
      threads = Ranges.require("threads", value, 1, MAX_THREADS);
      return this;
    }

    /// Sets how many damages are listed, at least 1; default: 1000. More are only counted.
    ///
    /// @param value damages, at least 1
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder maxDamages(int value) {
      maxDamages = Ranges.requirePositive("maxDamages", value);
      return this;
    }

    /// {@return the options}
    public VerifyOptions build() {
      return new VerifyOptions(this);
    }
  }
}
