package com.omendb.tools.report;

import com.omendb.vectors.Progress;
import java.io.PrintStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Prints the progress of long work: phase, share done, rate and time left. Keeps how long each
/// phase took.
///
/// On a terminal it rewrites one line five times a second; elsewhere it prints a plain line every
/// ten seconds; when silent nothing. [#close()] ends the last phase. Thread-safe.
public final class ProgressPrinter implements Progress, AutoCloseable {
  private static final long SECOND = 1_000_000_000L;
  private static final long TERMINAL_INTERVAL = SECOND / 5;
  private static final long PLAIN_INTERVAL = 10 * SECOND;

  /// Phases shorter than this leave no line behind.
  private static final long WORTH_A_LINE = SECOND;

  private static final String CLEAR_LINE = "\r\u001b[K";

  /// How progress is shown.
  public enum Style {
    /// One line, rewritten.
    TERMINAL,
    /// A line every ten seconds.
    PLAIN,
    /// Not at all.
    SILENT
  }

  private final PrintStream err;
  private final Style style;
  private final boolean summaries;
  private final LongSupplier nanoClock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> phaseNanos = new LinkedHashMap<>();
  private final LongAdder done = new LongAdder();
  private String phase = "";
  private long total;
  private long phaseStart;
  private volatile long nextPrint;
  private boolean lineOpen;

  /// A printer on `err`.
  ///
  /// @param summaries whether a phase of a second or more leaves a line behind when it ends
  public ProgressPrinter(PrintStream err, Style style, boolean summaries) {
    this(err, style, summaries, System::nanoTime);
  }

  ProgressPrinter(PrintStream err, Style style, boolean summaries, LongSupplier nanoClock) {
    this.err = err;
    this.style = style;
    this.summaries = summaries;
    this.nanoClock = nanoClock;
    this.nextPrint = Long.MAX_VALUE;
  }

  @Override
  public void phase(String name, long totalUnits) {
    lock.lock();
    try {
      endPhase();
      phase = name;
      total = totalUnits;
      done.reset();
      phaseStart = nanoClock.getAsLong();
      nextPrint = phaseStart + interval();
      if (style == Style.TERMINAL) {
        rewrite(name);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void advance(long units) {
    done.add(units);
    if (style == Style.SILENT) {
      return;
    }
    long now = nanoClock.getAsLong();
    // Only one thread prints; the others go on with their work.
    if (now - nextPrint >= 0 && lock.tryLock()) {
      try {
        if (!phase.isEmpty() && now - nextPrint >= 0) {
          nextPrint = now + interval();
          show(now);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void note(String message) {
    if (style == Style.SILENT) {
      return;
    }
    lock.lock();
    try {
      clearLine();
      err.println(message);
    } finally {
      lock.unlock();
    }
  }

  /// Takes the rewritten line away, so that something else can be printed on the terminal.
  public void clearLine() {
    lock.lock();
    try {
      if (lineOpen) {
        err.print(CLEAR_LINE);
        err.flush();
        lineOpen = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Nanoseconds that each ended phase took, in order; phases of one name are added up.
  public Map<String, Long> phaseNanos() {
    lock.lock();
    try {
      return Collections.unmodifiableMap(new LinkedHashMap<>(phaseNanos));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      endPhase();
      clearLine();
    } finally {
      lock.unlock();
    }
  }

  private long interval() {
    return style == Style.TERMINAL ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
  }

  private void endPhase() {
    if (phase.isEmpty()) {
      return;
    }
    long nanos = nanoClock.getAsLong() - phaseStart;
    phaseNanos.merge(phase, nanos, Long::sum);
    clearLine();
    if (summaries && style != Style.SILENT && nanos >= WORTH_A_LINE) {
      long units = done.sum();
      err.println(
          phase
              + ": "
              + (units > 0 ? String.format(Locale.ROOT, "%,d in ", units) : "")
              + duration(nanos)
              + (units > 0 ? ", " + rate(units, nanos) : ""));
    }
    phase = "";
    nextPrint = Long.MAX_VALUE;
  }

  private void show(long now) {
    long units = done.sum();
    long nanos = Math.max(1, now - phaseStart);
    StringBuilder line = new StringBuilder(phase).append(": ");
    if (total > 0) {
      line.append(
          String.format(
              Locale.ROOT, "%d%% of %,d", Math.min(100, Math.round(100.0 * units / total)), total));
    } else {
      line.append(String.format(Locale.ROOT, "%,d", units));
    }
    line.append(", ").append(rate(units, nanos));
    if (units > 0 && total > units) {
      long left = (long) ((double) nanos / units * (total - units));
      line.append(", ").append(duration(left)).append(" left");
    }
    if (style == Style.TERMINAL) {
      rewrite(line.toString());
    } else {
      err.println(line);
    }
  }

  private void rewrite(String line) {
    err.print(CLEAR_LINE + line);
    err.flush();
    lineOpen = true;
  }

  private static String rate(long units, long nanos) {
    double rate = (double) units * SECOND / Math.max(1, nanos);
    return String.format(Locale.ROOT, rate < 10 ? "%.1f/s" : "%,.0f/s", rate);
  }

  /// A time for people: `0.8 s`, `42 s`, `3 min 20 s`, `2 h 05 min`.
  static String duration(long nanos) {
    long seconds = Math.round((double) nanos / SECOND);
    if (nanos < 10 * SECOND) {
      return String.format(Locale.ROOT, "%.1f s", (double) nanos / SECOND);
    }
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7200) {
      return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
    return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
  }
}
