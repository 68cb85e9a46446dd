package com.omendb.tools.command;

import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The option of commands that work with several threads.
final class ThreadsOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads; default: one a processor.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private int threads = Runtime.getRuntime().availableProcessors();

  /// The number of threads, as it was given.
  int count() {
    return threads;
  }
}
