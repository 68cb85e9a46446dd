package com.omendb.store;

import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.Metric;
import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How to build an index. What is left out has the default that its setter names.
///
/// What everybody sets is here: the kind and its metric, the degree, memory and threads, what may
/// be done with the directory, reports. [BuildTuning] has what the library chooses well by itself.
///
/// Immutable and thread-safe. `BuildOptions.builder().metric(Metric.COSINE).build()`
public final class BuildOptions {
  /// The largest maxDegree.
  public static final int MAX_DEGREE = 250;

  private static final int MAX_THREADS = 1024;
  private static final BuildTuning DEFAULT_TUNING = BuildTuning.builder().build();

  private final String kind;
  private final Metric metric;
  private final int maxDegree;
  private final long memoryBudgetBytes;
  private final int threads;
  private final boolean overwrite;
  private final boolean resume;
  private final Metrics metrics;
  private final BuildTuning tuning;

  private BuildOptions(Builder builder) {
    this.kind = builder.kind;
    this.metric = builder.metric;
    this.maxDegree = builder.maxDegree;
    this.memoryBudgetBytes = builder.memoryBudgetBytes;
    this.threads = builder.threads;
    this.overwrite = builder.overwrite;
    this.resume = builder.resume;
    this.metrics = builder.metrics;
    this.tuning = builder.tuning;
  }

  /// {@return everything by default}
  public static BuildOptions defaults() {
    return builder().build();
  }

  /// {@return a builder in which everything is as by default}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder in which everything is as here}
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.kind = kind;
    builder.metric = metric;
    builder.maxDegree = maxDegree;
    builder.memoryBudgetBytes = memoryBudgetBytes;
    builder.threads = threads;
    builder.overwrite = overwrite;
    builder.resume = resume;
    builder.metrics = metrics;
    builder.tuning = tuning;
    return builder;
  }

  /// {@return the name of the [IndexKind]}
  public String kind() {
    return kind;
  }

  /// {@return the distance that searches will use}
  public Metric metric() {
    return metric;
  }

  /// {@return R, the most edges a node has}
  public int maxDegree() {
    return maxDegree;
  }

  /// {@return bytes that the whole process may use}
  public long memoryBudgetBytes() {
    return memoryBudgetBytes;
  }

  /// {@return worker threads}
  public int threads() {
    return threads;
  }

  /// {@return whether an index that already is in the directory is replaced}
  public boolean overwrite() {
    return overwrite;
  }

  /// {@return whether a build that was cut short in the directory is continued}
  public boolean resume() {
    return resume;
  }

  /// {@return where the build reports how far it is}
  public Metrics metrics() {
    return metrics;
  }

  /// {@return what the library chooses well by itself}
  public BuildTuning tuning() {
    return tuning;
  }

  private List<Object> values() {
    return List.of(
        kind, metric, maxDegree, memoryBudgetBytes, threads, overwrite, resume, metrics, tuning);
  }

  /// Options are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BuildOptions options && values().equals(options.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return ("BuildOptions[kind=%s, metric=%s, maxDegree=%d, memoryBudgetBytes=%d, threads=%d,"
            + " overwrite=%b, resume=%b, metrics=%s, tuning=%s]")
        .formatted(values().toArray());
  }

  /// Collects options. Each setter checks its own value. Not thread-safe.
  public static final class Builder {
    private String kind = IndexKind.HYBRID;
    private Metric metric = Metric.SQUARED_L2;
    private int maxDegree = 64;
    private long memoryBudgetBytes = 4L << 30;
    private int threads = Runtime.getRuntime().availableProcessors();
    private boolean overwrite;
    private boolean resume;
    private Metrics metrics = Metrics.NONE;
    private BuildTuning tuning = DEFAULT_TUNING;

    private Builder() {}

    /// Sets the name of the [IndexKind]; default: [IndexKind#HYBRID], whose upper layers take
    /// little memory and save reads. [IndexKind#DISKANN] is without them.
    ///
    /// @param value the name of the [IndexKind]
    /// @return this builder
    public Builder kind(String value) {
      kind = value;
      return this;
    }

    /// Sets the distance that searches will use; default: [Metric#SQUARED_L2]. An index answers
    /// under one metric only.
    ///
    /// @param value the distance that searches will use
    /// @return this builder
    public Builder metric(Metric value) {
      metric = value;
      return this;
    }

    /// Sets R, the most edges a node has, 4 to 250; default: 64. More finds more with the same
    /// effort; it takes more space on the SSD, and longer to build.
    ///
    /// @param value R, the most edges a node has
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder maxDegree(int value) {
      maxDegree = Ranges.require("maxDegree", value, 4, MAX_DEGREE);
      return this;
    }

    /// Sets the bytes that the whole process may use while building, as the operating system counts
    /// its peak, JVM included; default: 4 GiB. With less than all data takes, a build works in
    /// files beside the index, about twice as long. Too little is refused when the build begins.
    ///
    /// @param value the bytes that the whole process may use while building, as the operating
    ///   system counts its peak, JVM included
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder memoryBudgetBytes(long value) {
      memoryBudgetBytes = Ranges.requirePositive("memoryBudgetBytes", value);
      return this;
    }

    /// Sets the worker threads, 1 to 1024; default: one for each processor. Only one thread gives
    /// the same graph each time.
    ///
    /// @param value the worker threads
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder threads(int value) {
      threads = Ranges.require("threads", value, 1, MAX_THREADS);
      return this;
    }

    /// Sets whether an index that already is in the directory is replaced; default: no, the build
    /// fails then. The old index stays whole until the new one is complete.
    ///
    /// @param value whether an index that already is in the directory is replaced
    /// @return this builder
    public Builder overwrite(boolean value) {
      overwrite = value;
      return this;
    }

    /// Sets whether a build of the same vectors with the same options that was cut short in the
    /// directory is continued; default: no, the build begins anew. So it does, and says why, if
    /// there is none. Memory and threads may be others than then.
    ///
    /// @param value whether a build of the same vectors with the same options that was cut short in
    ///   the directory is continued
    /// @return this builder
    public Builder resume(boolean value) {
      resume = value;
      return this;
    }

    /// Sets where the build reports how far it is; default: nowhere.
    ///
    /// @param value where the build reports how far it is
    /// @return this builder
    public Builder metrics(Metrics value) {
      metrics = value;
      return this;
    }

    /// Sets what the library chooses well by itself.
    ///
    /// @param value what the library chooses well by itself
    /// @return this builder
    public Builder tuning(BuildTuning value) {
      tuning = value;
      return this;
    }

    /// Changes some of what the library chooses well by itself: `tuning(t -> t.seed(7))`.
    ///
    /// @param changes given a builder in which everything is as it is so far
    /// @return this builder
    public Builder tuning(Consumer<BuildTuning.Builder> changes) {
      BuildTuning.Builder builder = tuning.toBuilder();
      changes.accept(builder);
      return tuning(builder.build());
    }

    /// {@return the options}
    public BuildOptions build() {
      return new BuildOptions(this);
    }
  }
}
