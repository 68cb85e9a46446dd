package com.omendb.store.metrics;

/// Everything that is reported: what it is called, what it counts and in which unit.
/// `docs/OPERATIONS.md` explains what to watch.
///
/// (The word *metric* means the distance of an index: [com.omendb.vectors.Metric].)
public enum Meter {
  /// Searches that gave a result.
  SEARCHES("omen.searches", Kind.COUNTER, Unit.COUNT, "Searches that gave a result"),
  /// Searches that failed, by [FailureType].
  SEARCH_FAILURES("omen.search.failures", Kind.COUNTER, Unit.COUNT, "Searches that failed"),
  /// Searches that went on without a damaged page, as their callers had asked for.
  SEARCHES_DEGRADED(
      "omen.searches.degraded",
      Kind.COUNTER,
      Unit.COUNT,
      "Searches that went on without a damaged page"),
  /// Time from asking to the result, with the wait for a searcher.
  SEARCH_LATENCY(
      "omen.search.latency", Kind.LATENCY, Unit.SECONDS, "Time from asking to the result"),
  /// Time in which searches waited for pages. Of searches in a batch, it includes the time in which
  /// the thread worked for others of the batch.
  SEARCH_WAIT(
      "omen.search.wait", Kind.COUNTER, Unit.SECONDS, "Time in which searches waited for pages"),
  /// Searches under way, those that wait for a searcher included.
  SEARCHES_RUNNING(
      "omen.searches.running", Kind.GAUGE, Unit.COUNT, "Searches and batches under way"),
  /// Searches that wait for a searcher.
  SEARCHES_QUEUED(
      "omen.searches.queued", Kind.GAUGE, Unit.COUNT, "Searches that wait for a searcher"),

  /// Pages read from the SSD.
  PAGE_READS("omen.page.reads", Kind.COUNTER, Unit.COUNT, "Pages read from the SSD"),
  /// Bytes read from the SSD.
  PAGE_BYTES("omen.page.read.bytes", Kind.COUNTER, Unit.BYTES, "Bytes of pages read from the SSD"),
  /// Pages that searches needed and found in memory.
  PAGE_HITS("omen.page.hits", Kind.COUNTER, Unit.COUNT, "Pages wanted and found in memory"),
  /// Pages that searches needed while another search read them.
  PAGE_JOINS(
      "omen.page.joins", Kind.COUNTER, Unit.COUNT, "Pages wanted while another search read them"),
  /// Pages read of which no vector came into the result.
  PAGES_WASTED(
      "omen.page.wasted", Kind.COUNTER, Unit.COUNT, "Pages read that added nothing to a result"),
  /// Pages given up for others.
  PAGE_EVICTIONS("omen.page.evictions", Kind.COUNTER, Unit.COUNT, "Pages given up for others"),
  /// Reads that were tried again: they came short, the system asked for it, or the page was
  /// damaged.
  PAGE_RETRIES("omen.page.retries", Kind.COUNTER, Unit.COUNT, "Reads that were tried again"),
  /// Pages that failed their checksum or held another number, each time that they were read.
  PAGE_CHECKSUM_FAILURES(
      "omen.page.checksum.failures", Kind.COUNTER, Unit.COUNT, "Pages that failed their checksum"),
  /// Reads that the system failed.
  PAGE_READ_FAILURES(
      "omen.page.read.failures", Kind.COUNTER, Unit.COUNT, "Reads that the system failed"),
  /// Pages asked for and not yet there, of all searches: the depth of the readers' queues.
  PAGES_IN_FLIGHT(
      "omen.page.in.flight", Kind.GAUGE, Unit.COUNT, "Pages asked for and not yet there"),

  /// Bytes of the frames that hold a page.
  CACHE_RESIDENT("omen.cache.resident", Kind.GAUGE, Unit.BYTES, "Frames that hold a page"),
  /// Bytes of all frames.
  CACHE_CAPACITY("omen.cache.capacity", Kind.GAUGE, Unit.BYTES, "All frames of the page cache"),
  /// Bytes reserved from the memory budget, by purpose.
  MEMORY_RESERVED(
      "omen.memory.reserved", Kind.GAUGE, Unit.BYTES, "Memory reserved from the budget"),
  /// The memory budget of an open index.
  MEMORY_BUDGET("omen.memory.budget", Kind.GAUGE, Unit.BYTES, "Memory budget of the open index"),
  /// Resident memory of the whole process as the operating system counts it, JVM included; 0 where
  /// it is not known. Not added up over indexes.
  PROCESS_RESIDENT(
      "omen.process.resident", Kind.GAUGE, Unit.BYTES, "Resident memory of the whole process"),

  /// Builds that ended, by outcome.
  BUILDS("omen.builds", Kind.COUNTER, Unit.COUNT, "Builds that ended"),
  /// 1 for the phase that a build is in.
  BUILD_PHASE("omen.build.phase", Kind.GAUGE, Unit.COUNT, "1 for the phase that a build is in"),
  /// Time spent, by phase that has ended.
  BUILD_PHASE_TIME(
      "omen.build.phase.time", Kind.COUNTER, Unit.SECONDS, "Time spent in phases that have ended"),
  /// Units of work done, mostly rows, by phase.
  BUILD_UNITS("omen.build.units", Kind.COUNTER, Unit.COUNT, "Units of work done, mostly rows"),
  /// Units of work in the present phase; 0 if unknown.
  BUILD_PHASE_UNITS(
      "omen.build.phase.units", Kind.GAUGE, Unit.COUNT, "Units of work in the present phase"),
  /// Units of work a second since the present phase began.
  BUILD_RATE("omen.build.rate", Kind.GAUGE, Unit.COUNT, "Units a second in the present phase"),
  /// Rows that are built into the index.
  BUILD_ROWS("omen.build.rows", Kind.GAUGE, Unit.COUNT, "Rows of the build"),
  /// The memory budget of a build, of the whole process.
  BUILD_BUDGET("omen.build.budget", Kind.GAUGE, Unit.BYTES, "Memory budget of the build");

  /// What can be done with readings.
  public enum Kind {
    /// Only grows.
    COUNTER,
    /// Goes up and down.
    GAUGE,
    /// A distribution of times.
    LATENCY
  }

  /// What readings are in.
  public enum Unit {
    /// A number of things.
    COUNT,
    /// Bytes.
    BYTES,
    /// Seconds in reports; nanoseconds where they are passed to [Metrics].
    SECONDS
  }

  private final String label;
  private final Kind kind;
  private final Unit unit;
  private final String description;

  Meter(String label, Kind kind, Unit unit, String description) {
    this.label = label;
    this.kind = kind;
    this.unit = unit;
    this.description = description;
  }

  /// {@return its name in monitoring systems, such as `omen.searches`}
  public String label() {
    return label;
  }

  /// {@return what can be done with its readings}
  public Kind kind() {
    return kind;
  }

  /// {@return what its readings are in}
  public Unit unit() {
    return unit;
  }

  /// {@return one line for people}
  public String description() {
    return description;
  }

  /// {@return whether readings with the same labels are added up; if not, one of them is reported}
  public boolean additive() {
    return this != PROCESS_RESIDENT;
  }
}
