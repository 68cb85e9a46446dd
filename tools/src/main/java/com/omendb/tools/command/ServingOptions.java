package com.omendb.tools.command;

import com.omendb.store.OpenOptions;
import com.omendb.store.OpenTuning;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.store.metrics.InMemoryMetrics;
import com.omendb.store.metrics.Metrics;
import com.omendb.store.metrics.PrometheusText;
import com.omendb.tools.option.Converters;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `search` and `eval` that say how an index is held open, where neither its memory
/// nor the system should decide.
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
final class ServingOptions {
  @Option(
      names = "--residency",
      defaultValue = "auto",
      paramLabel = "WHAT",
      converter = Converters.ResidencyName.class,
      description = {
        "What is kept in memory beside codes and layers: auto (what",
        "fits), pages (nothing), groups, graph or all."
      })
  private @Nullable Residency residency;

  @Option(
      names = "--engine",
      defaultValue = "auto",
      paramLabel = "ENGINE",
      converter = Converters.EngineName.class,
      description = {
        "How pages are read: auto, io_uring, pread (positional reads on",
        "threads) or mapped."
      })
  private @Nullable ReadEngine engine;

  @Option(
      names = "--metrics",
      description = "Print what was counted and timed at the end, as Prometheus reads it.")
  private boolean printsMetrics;

  private final InMemoryMetrics metrics = new InMemoryMetrics();

  /// These options beside others.
  OpenOptions apply(OpenOptions options) {
    OpenTuning.Builder tuning = options.tuning().toBuilder();
    if (residency != null) {
      tuning.residency(residency);
    }
    if (engine != null) {
      tuning.readEngine(engine);
    }
    return options.toBuilder()
        .tuning(tuning.build())
        .metrics(printsMetrics ? metrics : Metrics.NONE)
        .build();
  }

  /// Prints what was counted so far, if that was asked for.
  void printMetrics(Command command) {
    if (printsMetrics) {
      command.println(PrometheusText.of(metrics).strip());
    }
  }

  /// Refuses what cannot be printed together.
  void check(Command command) {
    if (printsMetrics && command.json()) {
      throw command.wrongUsage("--metrics prints text for Prometheus, no JSON");
    }
  }
}
