package com.omendb.tools.command;

import com.omendb.tools.option.Converters;
import picocli.CommandLine.Option;

/// The option of commands that write an index within a budget.
final class MemoryOption {
  @Option(
      names = "--memory",
      defaultValue = "4GB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory the whole process may use.")
  private long memoryBytes;

  /// The budget in bytes.
  long bytes() {
    return memoryBytes;
  }
}
