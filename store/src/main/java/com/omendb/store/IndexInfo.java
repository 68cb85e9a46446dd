package com.omendb.store;

import com.omendb.store.directory.Settings;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorShape;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an open index is, how it was built, how it is served, and where its memory goes.
///
/// A value that a kind of index does not have is empty. Immutable and thread-safe.
public final class IndexInfo {
  private final Path directory;
  private final String kind;
  private final VectorShape vectors;
  private final Metric metric;
  private final int formatVersion;
  private final long indexBytes;
  private final long memoryBudgetBytes;
  private final Map<String, Long> memoryBytes;
  private final Map<String, String> settings;

  private IndexInfo(Builder builder) {
    this.directory = builder.directory;
    this.kind = builder.kind;
    this.vectors = builder.vectors;
    this.metric = builder.metric;
    this.formatVersion = builder.formatVersion;
    this.indexBytes = builder.indexBytes;
    this.memoryBudgetBytes = builder.memoryBudgetBytes;
    this.memoryBytes = Collections.unmodifiableMap(new LinkedHashMap<>(builder.memoryBytes));
    this.settings = Collections.unmodifiableMap(new LinkedHashMap<>(builder.settings));
  }

  /// {@return a builder, for kinds of index}
  ///
  /// @param kind name of the [IndexKind]
  /// @param directory of the index
  /// @param vectors number, dimension and element type of the vectors
  /// @param metric the distance it was built for
  public static Builder builder(Path directory, String kind, VectorShape vectors, Metric metric) {
    return new Builder(directory, kind, vectors, metric);
  }

  /// {@return where the index lies}
  public Path directory() {
    return directory;
  }

  /// {@return the name of its [IndexKind]}
  public String kind() {
    return kind;
  }

  /// {@return vectors in it}
  public long count() {
    return vectors.count();
  }

  /// {@return elements a vector}
  public int dimension() {
    return vectors.dimension();
  }

  /// {@return type of the elements}
  public ElementType elementType() {
    return vectors.elementType();
  }

  /// {@return the distance it was built for}
  public Metric metric() {
    return metric;
  }

  /// {@return version of its files}
  public int formatVersion() {
    return formatVersion;
  }

  /// {@return bytes of all its files together}
  public long indexBytes() {
    return indexBytes;
  }

  /// {@return the budget that it was opened with}
  public long memoryBudgetBytes() {
    return memoryBudgetBytes;
  }

  /// {@return bytes reserved from the budget, by purpose, in a stable order}
  public Map<String, Long> memoryBytes() {
    return memoryBytes;
  }

  /// {@return bytes reserved from the budget, for all purposes}
  public long reservedBytes() {
    return memoryBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /// {@return how the graph was built}
  public Optional<BuildMethod> method() {
    return setting(Settings.METHOD, BuildMethod::ofLabel);
  }

  /// {@return R, the largest number of edges that the build gave a node}
  public OptionalInt maxDegree() {
    return whole(Settings.MAX_DEGREE);
  }

  /// {@return the seed of the build's random choices}
  public OptionalLong seed() {
    return setting(Settings.SEED, Long::valueOf)
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  /// {@return the recall@10 at the default searchListSize that the build measured on its own graph,
  /// for queries like the vectors}
  public OptionalDouble selfCheckRecall() {
    return BuildReport.selfCheckRecall(settings);
  }

  /// {@return the bound of the ids, if rows are the ids: they are 0 to below this} In an index that
  /// was repaired without all of its vectors it is greater than the count.
  public long idRange() {
    return setting(Settings.ID_RANGE, Long::valueOf).orElse(count());
  }

  /// {@return how much of the index is in memory}
  public Optional<Residency> residency() {
    return setting(Settings.RESIDENCY, Residency::ofLabel);
  }

  /// {@return how pages are read}
  public Optional<ReadEngine> readEngine() {
    return setting(Settings.PAGE_READER, ReadEngine::ofLabel);
  }

  /// {@return whether pages are read past the operating system's cache}
  public boolean directIo() {
    return setting(Settings.DIRECT_IO, Boolean::valueOf).orElse(false);
  }

  /// {@return bytes of a page of the base layer}
  public OptionalInt pageBytes() {
    return whole(Settings.PAGE_BYTES);
  }

  /// {@return pages of the base layer}
  public OptionalInt pageCount() {
    return whole(Settings.PAGE_COUNT);
  }

  /// {@return everything about how it was built and is served, as text by name, in a stable order}
  /// For printing, not for parsing: names may change.
  public Map<String, String> settings() {
    return settings;
  }

  private OptionalInt whole(String name) {
    return setting(name, Integer::valueOf).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  private <T> Optional<T> setting(String name, Function<String, T> parse) {
    return Settings.parse(settings, name, parse);
  }

  private List<Object> values() {
    return List.of(
        directory,
        kind,
        vectors,
        metric,
        formatVersion,
        indexBytes,
        memoryBudgetBytes,
        memoryBytes,
        settings);
  }

  /// Equal if all values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IndexInfo info && values().equals(info.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return ("IndexInfo[directory=%s, kind=%s, vectors=%s, metric=%s, formatVersion=%d,"
            + " indexBytes=%d, memoryBudgetBytes=%d, memoryBytes=%s, settings=%s]")
        .formatted(values().toArray());
  }

  /// Collects the values. Not thread-safe.
  public static final class Builder {
    private final Path directory;
    private final String kind;
    private final VectorShape vectors;
    private final Metric metric;
    private int formatVersion = 1;
    private long indexBytes;
    private long memoryBudgetBytes;
    private Map<String, Long> memoryBytes = Map.of();
    private Map<String, String> settings = Map.of();

    private Builder(Path directory, String kind, VectorShape vectors, Metric metric) {
      this.directory = directory;
      this.kind = kind;
      this.vectors = vectors;
      this.metric = metric;
    }

    /// Sets version and bytes of its files.
    ///
    /// @param newFormatVersion version of the files
    /// @param newIndexBytes bytes of all files together
    /// @return this builder
    public Builder files(int newFormatVersion, long newIndexBytes) {
      formatVersion = newFormatVersion;
      indexBytes = newIndexBytes;
      return this;
    }

    /// Sets the budget that it was opened with, and what is reserved from it by purpose.
    ///
    /// @param budgetBytes bytes of the budget
    /// @param bytesByPurpose bytes reserved, by purpose, in the order in which they are printed
    /// @return this builder
    public Builder memory(long budgetBytes, Map<String, Long> bytesByPurpose) {
      memoryBudgetBytes = budgetBytes;
      memoryBytes = bytesByPurpose;
      return this;
    }

    /// Sets how it was built and is served.
    ///
    /// @param value text by name, in the order in which it is printed
    /// @return this builder
    public Builder settings(Map<String, String> value) {
      settings = value;
      return this;
    }

    /// {@return what was collected}
    public IndexInfo build() {
      return new IndexInfo(this);
    }
  }
}
