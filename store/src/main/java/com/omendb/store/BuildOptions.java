package com.omendb.store;

import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.Metric;
import com.omendb.vectors.range.Ranges;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How to build an index. Each setter names the default of what is left out.
///
/// Here are the options that most programs set: the kind and its metric, the degree, memory and
/// threads, what may be done with the directory, reports. [BuildTuning] has those whose defaults
/// rarely need a change.
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

  /// {@return the defaults}
  public static BuildOptions defaults() {
    return builder().build();
  }

  /// {@return a builder that holds the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that holds these values}
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

  /// {@return R, the largest number of edges of a node}
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

  /// {@return whether an existing index in the directory is replaced}
  public boolean overwrite() {
    return overwrite;
  }

  /// {@return whether an interrupted build in the directory is continued}
  public boolean resume() {
    return resume;
  }

  /// {@return the metrics to which the build reports}
  public Metrics metrics() {
    return metrics;
  }

  /// {@return the options whose defaults rarely need a change}
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
    /// @param value name of an installed [IndexKind], in any case
    /// @return this builder
    public Builder kind(String value) {
      kind = value;
      return this;
    }

    /// Sets the distance that searches will use; default: [Metric#SQUARED_L2]. An index answers
    /// under one metric only.
    ///
    /// @param value metric of the graph and of all searches
    /// @return this builder
    public Builder metric(Metric value) {
      metric = value;
      return this;
    }

    /// Sets R, the largest number of edges of a node, 4 to 250; default: 64. A larger R finds more
    /// neighbours with the same effort, takes more space on the SSD, and makes the build slower.
    ///
    /// @param value edges, 4 to 250
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder maxDegree(int value) {
      maxDegree = Ranges.require("maxDegree", value, 4, MAX_DEGREE);
      return this;
    }

    /// Sets the bytes that the whole process may use while building, as the operating system counts
    /// its peak, JVM included; default: 4 GiB. If the data does not fit, the build works in files
    /// beside the index and takes about twice as long. A budget that is too small is refused when
    /// the build begins.
    ///
    /// @param value bytes, JVM included
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder memoryBudgetBytes(long value) {
      memoryBudgetBytes = Ranges.requirePositive("memoryBudgetBytes", value);
      return this;
    }

    /// Sets the worker threads, 1 to 1024; default: one for each processor. Only with one thread do
    /// builds with equal seeds give equal graphs.
    ///
    /// @param value threads, 1 to 1024
    /// @return this builder
    /// @throws IllegalArgumentException if it is out of range
    public Builder threads(int value) {
      threads = Ranges.require("threads", value, 1, MAX_THREADS);
      return this;
    }

    /// Sets whether an existing index in the directory is replaced; default: no, the build fails.
    /// The old index stays whole until the new one is complete.
    ///
    /// @param value true to replace it
    /// @return this builder
    public Builder overwrite(boolean value) {
      overwrite = value;
      return this;
    }

    /// Sets whether to continue an interrupted build of the same vectors with the same options in
    /// the directory; default: no. If there is none to continue, the build begins anew and reports
    /// why. Memory budget and threads may differ from those of the interrupted build.
    ///
    /// @param value true to continue it
    /// @return this builder
    public Builder resume(boolean value) {
      resume = value;
      return this;
    }

    /// Sets the metrics to which the build reports; default: [Metrics#NONE].
    ///
    /// @param value thread-safe; may serve several builds and indexes
    /// @return this builder
    public Builder metrics(Metrics value) {
      metrics = value;
      return this;
    }

    /// Sets the options whose defaults rarely need a change.
    ///
    /// @param value replaces all that was set before
    /// @return this builder
    public Builder tuning(BuildTuning value) {
      tuning = value;
      return this;
    }

    /// Changes some of the options whose defaults rarely need a change: `tuning(t -> t.seed(7))`.
    ///
    /// @param changes called once, with a builder that holds what is set so far
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
