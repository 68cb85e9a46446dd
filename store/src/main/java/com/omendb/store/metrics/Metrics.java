package com.omendb.store.metrics;

import java.util.function.LongSupplier;

/// Where an index or a build reports what it does: a small interface to the program's monitoring
/// system. Passed in [com.omendb.store.OpenOptions] and [com.omendb.store.BuildOptions].
///
/// [InMemoryMetrics] keeps everything in memory and prints it for Prometheus; `omendb-tools` has an
/// adapter to Micrometer. What is reported, and in which unit, is listed by [Meter].
///
/// An index asks for its counters and latencies once, when it is opened. What it counts anyway it
/// offers as a value that the implementation reads on demand ([#observe]). So reporting costs a
/// search a few additions at its end, and nothing a page.
///
/// One meter with the same labels is either counted or observed, not both.
///
/// Implementations must be thread-safe and cheap, and must not throw; an exception is logged once
/// an index or build and otherwise ignored. One implementation may serve any number of indexes and
/// builds, which differ in their [Labels]; readings of one meter with the same labels are added up.
public interface Metrics {

  /// No metrics. An index that is opened with it counts nothing for reporting.
  Metrics NONE = new NoMetrics();

  /// {@return the counter of this meter and these labels}
  ///
  /// @param meter of the kind [Meter.Kind#COUNTER]
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  Counter counter(Meter meter, Labels labels);

  /// {@return the latencies of this meter and these labels}
  ///
  /// @param meter of the kind [Meter.Kind#LATENCY]
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  Latencies latencies(Meter meter, Labels labels);

  /// Registers a value that the implementation reads on demand, until the observation is closed.
  ///
  /// The last value of a closed counter stays counted; a closed gauge is gone.
  ///
  /// @param meter a counter, whose value never falls, or a gauge
  /// @param value gives the present value, times in nanoseconds; any thread may call it at any time
  /// @param labels the directory of the index and what else distinguishes readings of one meter
  /// @return closing it ends the observation
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
