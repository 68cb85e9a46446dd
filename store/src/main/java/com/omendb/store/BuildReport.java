package com.omendb.store;

import com.omendb.store.directory.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What a build made. Immutable and thread-safe.
public final class BuildReport {
  private final Path directory;
  private final String kind;
  private final long count;
  private final long indexBytes;
  private final Duration elapsed;
  private final Map<String, String> settings;

  private BuildReport(Builder builder) {
    this.directory = builder.directory;
    this.kind = builder.kind;
    this.count = builder.count;
    this.indexBytes = builder.indexBytes;
    this.elapsed = builder.elapsed;
    this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(builder.settings));
  }

  /// {@return a builder, for kinds of index}
  ///
  /// @param directory where the index is
  /// @param kind name of its [IndexKind]
  /// @param count number of its vectors
  public static Builder builder(Path directory, String kind, long count) {
    return new Builder(directory, kind, count);
  }

  /// {@return where the index is}
  public Path directory() {
    return directory;
  }

  /// {@return the name of its [IndexKind]}
  public String kind() {
    return kind;
  }

  /// {@return vectors in it}
  public long count() {
    return count;
  }

  /// {@return bytes of its files}
  public long indexBytes() {
    return indexBytes;
  }

  /// {@return time of the whole build}
  public Duration elapsed() {
    return elapsed;
  }

  /// {@return the recall@10 at the default searchListSize that the build measured on its own graph,
  /// for queries like the vectors; empty if it measured none}
  public OptionalDouble selfCheckRecall() {
    return selfCheckRecall(settings);
  }

  /// {@return how the index was built as text, by name, in a stable order: to be printed, not
  /// parsed}
  public Map<String, String> settings() {
    return settings;
  }

  static OptionalDouble selfCheckRecall(Map<String, String> settings) {
    return Settings.parse(settings, Settings.SELF_CHECK_RECALL, Double::valueOf)
        .map(OptionalDouble::of)
        .orElseGet(OptionalDouble::empty);
  }

  private List<Object> values() {
    return List.of(directory, kind, count, indexBytes, elapsed, settings);
  }

  /// Reports are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BuildReport report && values().equals(report.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "BuildReport[directory=%s, kind=%s, count=%d, indexBytes=%d, elapsed=%s, settings=%s]"
        .formatted(values().toArray());
  }

  /// Collects the values of a report. Not thread-safe.
  public static final class Builder {
    private final Path directory;
    private final String kind;
    private final long count;
    private long indexBytes;
    private Duration elapsed = Duration.ZERO;
    private Map<String, String> settings = Map.of();

    private Builder(Path directory, String kind, long count) {
      this.directory = directory;
      this.kind = kind;
      this.count = count;
    }

    /// Sets the bytes of its files.
    ///
    /// @param value bytes
    /// @return this builder
    public Builder indexBytes(long value) {
      indexBytes = value;
      return this;
    }

    /// Sets the time of the whole build.
    ///
    /// @param value not negative
    /// @return this builder
    public Builder elapsed(Duration value) {
      elapsed = value;
      return this;
    }

    /// Sets how the index was built.
    ///
    /// @param value text by name, in the order in which it is printed
    /// @return this builder
    public Builder settings(Map<String, String> value) {
      settings = value;
      return this;
    }

    /// {@return the report}
    public BuildReport build() {
      return new BuildReport(this);
    }
  }
}
