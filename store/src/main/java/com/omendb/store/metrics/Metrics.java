package com.omendb.store.metrics;

import java.util.function.LongSupplier;

/// Where an index or a build reports what it does: a small port to whatever monitoring a program
/// has. Passed in [com.omendb.store.OpenOptions] and [com.omendb.store.BuildOptions].
///
/// [InMemoryMetrics] keeps everything in memory and prints it for Prometheus; `omendb-tools` has an
/// adapter to Micrometer. What is reported, and in which unit, is listed by [Meter].
///
/// An index asks for its counters and latencies once, when it is opened, and gives what it counts
/// anyway as a value to be looked at when somebody wants to know ([#observe]). So reporting costs a
/// search a few additions at its end, and nothing a page.
///
/// One meter with the same labels is either counted or observed, not both.
///
/// Implementations are thread-safe and cheap, and do not throw; what one throws nevertheless is
/// logged, once an index or build, and nothing else comes of it. One may serve any number of
/// indexes and builds, which differ in their [Labels]; what has one meter and the same labels is
/// added up.
public interface Metrics {

  /// Reports to nobody. An index that is opened with it does not even count for it.
  Metrics NONE = new NoMetrics();

  /// {@return the counter of this meter and these labels}
  ///
  /// @param meter of the kind [Meter.Kind#COUNTER]
  /// @param labels what tells it from others of its name
  Counter counter(Meter meter, Labels labels);

  /// {@return the latencies of this meter and these labels}
  ///
  /// @param meter of the kind [Meter.Kind#LATENCY]
  /// @param labels what tells it from others of its name
  Latencies latencies(Meter meter, Labels labels);

  /// Adds a value that is looked at when somebody wants to know it, until the observation is
  /// closed.
  ///
  /// What a closed observation of a counter has counted stays counted; a closed gauge is gone.
  ///
  /// @param meter a counter, whose value never falls, or a gauge; times in nanoseconds
  /// @param value may be asked by any thread at any time
  /// @param labels what tells it from others of its name
  /// @return what ends the observation
  Observation observe(Meter meter, Labels labels, LongSupplier value);

  /// Something that is counted.
  @FunctionalInterface
  interface Counter {
    /// Counts.
    ///
    /// @param amount at least 0; times in nanoseconds
    void add(long amount);
  }

  /// How long something takes, time after time.
  @FunctionalInterface
  interface Latencies {
    /// Adds one time.
    ///
    /// @param nanos at least 0
    void record(long nanos);
  }

  /// A value that is being looked at.
  @FunctionalInterface
  interface Observation extends AutoCloseable {
    /// Ends it. A second call does nothing.
    @Override
    void close();
  }
}
