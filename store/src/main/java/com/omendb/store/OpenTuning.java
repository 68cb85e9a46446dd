package com.omendb.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Options of opening whose defaults rarely need a change: for experiments and measurements.
///
/// Immutable and thread-safe. Set with [OpenOptions.Builder#tuning(Consumer)].
public final class OpenTuning {
  private final Optional<Residency> residency;
  private final Optional<ReadEngine> readEngine;
  private final boolean directIo;

  private OpenTuning(Builder builder) {
    this.residency = builder.residency;
    this.readEngine = builder.readEngine;
    this.directIo = builder.directIo;
  }

  /// {@return a builder that holds the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that holds these values}
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.residency = residency;
    builder.readEngine = readEngine;
    builder.directIo = directIo;
    return builder;
  }

  /// {@return the residency to force; empty if the memory budget decides}
  public Optional<Residency> residency() {
    return residency;
  }

  /// {@return how pages are read; empty if the library chooses}
  public Optional<ReadEngine> readEngine() {
    return readEngine;
  }

  /// {@return whether pages are read with O_DIRECT, past the operating system's cache; the engine
  /// `mapped` never does}
  public boolean directIo() {
    return directIo;
  }

  private List<Object> values() {
    return List.of(residency, readEngine, directIo);
  }

  /// Tunings are equal if all of their values are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpenTuning tuning && values().equals(tuning.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "OpenTuning[residency=%s, readEngine=%s, directIo=%b]".formatted(values().toArray());
  }

  /// Collects what is tuned. Not thread-safe.
  public static final class Builder {
    private Optional<Residency> residency = Optional.empty();
    private Optional<ReadEngine> readEngine = Optional.empty();
    private boolean directIo = true;

    private Builder() {}

    /// Sets the residency to force; default: the memory budget decides. A budget too small for it
    /// is refused when the index is opened.
    ///
    /// @param value what to keep in memory
    /// @return this builder
    public Builder residency(Residency value) {
      residency = Optional.of(value);
      return this;
    }

    /// Sets how pages are read; default: the engine that the system property `omen.pageReader`
    /// names, or else the best that works on this machine. If one is set and does not work, opening
    /// fails.
    ///
    /// @param value the engine
    /// @return this builder
    public Builder readEngine(ReadEngine value) {
      readEngine = Optional.of(value);
      return this;
    }

    /// Sets whether pages are read with O_DIRECT, past the operating system's cache; default: yes,
    /// so that pages take no memory outside the budget. Without O_DIRECT, searches may be faster as
    /// long as the machine has memory to spare.
    ///
    /// @param value false to read through the operating system's cache
    /// @return this builder
    public Builder directIo(boolean value) {
      directIo = value;
      return this;
    }

    /// {@return the tuning}
    public OpenTuning build() {
      return new OpenTuning(this);
    }
  }
}
