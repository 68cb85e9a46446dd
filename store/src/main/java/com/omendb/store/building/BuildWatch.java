package com.omendb.store.building;

import com.omendb.pagecache.memory.ProcessMemory;
import com.omendb.store.BuildOptions;
import com.omendb.store.metrics.GuardedMetrics;
import com.omendb.store.metrics.Labels;
import com.omendb.store.metrics.Meter;
import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Reports a build: its phases to the Flight Recorder and to the [Metrics] of its options, and
/// everything on to the caller's [Progress]. Closed at the end of the build, whatever that is.
///
/// Thread-safe; phases begin one after another.
public final class BuildWatch implements Progress, AutoCloseable {
  private final Progress progress;
  private final Metrics metrics;
  private final Labels labels;
  private final String index;
  private final List<Metrics.Observation> observations = new ArrayList<>();
  private volatile @Nullable Phase present;
  private boolean done;

  public BuildWatch(long rows, Path directory, BuildOptions options, Progress progress) {
    this.progress = progress;
    this.metrics = GuardedMetrics.of(options.metrics());
    this.index = directory.toString();
    this.labels = Labels.of(Labels.INDEX, index);
    observe(Meter.BUILD_ROWS, () -> rows);
    observe(Meter.BUILD_BUDGET, options::memoryBudgetBytes);
    observe(Meter.BUILD_PHASE_UNITS, () -> ofPresent(phase -> phase.totalUnits));
    observe(Meter.BUILD_RATE, () -> ofPresent(phase -> Math.round(phase.unitsPerSecond())));
    observations.add(
        metrics.observe(Meter.PROCESS_RESIDENT, Labels.NONE, ProcessMemory::residentBytes));
  }

  private void observe(Meter meter, LongSupplier value) {
    observations.add(metrics.observe(meter, labels, value));
  }

  private long ofPresent(ToLongFunction<Phase> reading) {
    Phase phase = present;
    return phase == null ? 0 : reading.applyAsLong(phase);
  }

  /// One phase that has begun.
  private final class Phase {
    final String name;
    final long totalUnits;
    final LongAdder units = new LongAdder();
    final long startNanos = System.nanoTime();
    final Labels phaseLabels;
    final Metrics.Counter counter;
    final Metrics.Observation running;
    final BuildPhaseEvent event = new BuildPhaseEvent();

    Phase(String name, long totalUnits) {
      this.name = name;
      this.totalUnits = totalUnits;
      phaseLabels = labels.and(Labels.PHASE, name);
      counter = metrics.counter(Meter.BUILD_UNITS, phaseLabels);
      running = metrics.observe(Meter.BUILD_PHASE, phaseLabels, () -> 1);
      event.begin();
    }

    double unitsPerSecond() {
      return units.sum() / Math.max(1e-9, (System.nanoTime() - startNanos) / 1e9);
    }

    void advance(long more) {
      units.add(more);
      counter.add(more);
    }

    void end(boolean ended) {
      event.end();
      running.close();
      metrics.counter(Meter.BUILD_PHASE_TIME, phaseLabels).add(System.nanoTime() - startNanos);
      if (event.shouldCommit()) {
        event.index = index;
        event.phase = name;
        event.units = units.sum();
        event.unitsPerSecond = unitsPerSecond();
        event.residentBytes = ProcessMemory.residentBytes();
        event.ended = ended;
        event.commit();
      }
    }
  }

  @Override
  public void phase(String name, long totalUnits) {
    endPresent(true);
    present = new Phase(name, totalUnits);
    progress.phase(name, totalUnits);
  }

  @Override
  public void advance(long units) {
    Phase phase = present;
    if (phase != null) {
      phase.advance(units);
    }
    progress.advance(units);
  }

  @Override
  public void note(String message) {
    progress.note(message);
  }

  /// The build has succeeded.
  public void done() {
    done = true;
  }

  private void endPresent(boolean ended) {
    Phase phase = present;
    present = null;
    if (phase != null) {
      phase.end(ended);
    }
  }

  @Override
  public void close() {
    endPresent(done);
    String outcome = done ? "done" : "failed";
    metrics.counter(Meter.BUILDS, labels.and(Labels.OUTCOME, outcome)).add(1);
    observations.forEach(Metrics.Observation::close);
  }
}
