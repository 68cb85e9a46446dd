package com.omendb.tools.command;

import com.omendb.store.AnnIndex;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyOptions.Depth;
import com.omendb.store.verify.VerifyReport;
import com.omendb.tools.option.Converters;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.ProgressPrinter;
import com.omendb.tools.report.VerifyPrinter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `omen verify`: whether an index is whole.
@CommandLine.Command(
    name = "verify",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Check whether an index is whole, without opening it.",
      "Quick: the manifest, which files there are, their lengths and headers.",
      "With --full: every byte against its checksum, pages and lists against the format, the",
      "graph (edges, and that every node can be reached), ids, and that files agree."
    },
    footer = {
      "",
      "Exit codes: 0 whole, 1 damaged or not an index, 2 wrong usage.",
      "With --json: an object for each damage (file, kind, page, offset, expected, found), then"
          + " one",
      "for the index.",
      "",
      "Examples:",
      "  omen verify index",
      "  omen verify index --full --memory 256MB --threads 2"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class VerifyCommand extends Command {
  @Parameters(index = "0", paramLabel = "INDEX", description = "The index directory.")
  private Path index;

  @Option(names = "--full", description = "Read and check every byte.")
  private boolean full;

  @Option(
      names = "--all-codes",
      description = {
        "With --full: compare the codes of all vectors with the vectors,",
        "not only of a sample of 4,000 or more."
      })
  private boolean allCodes;

  @Option(
      names = "--memory",
      defaultValue = "1GB",
      paramLabel = "SIZE",
      converter = Converters.Size.class,
      description = "Memory that the check may use.")
  private long memoryBytes;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that read and check; default: one a processor.",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Integer threads;

  @Option(
      names = "--list",
      defaultValue = "20",
      paramLabel = "N",
      description = "Damages to list; all are counted.")
  private int listed;

  private int exitCode;

  public VerifyCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws IOException {
    VerifyOptions options = usage(this::options);
    long started = System.nanoTime();
    VerifyReport report;
    try (ProgressPrinter progress = progress()) {
      report = AnnIndex.verify(index, options, progress);
    }
    exitCode = report.isWhole() ? 0 : 1;
    VerifyPrinter printer = new VerifyPrinter(report, System.nanoTime() - started);
    if (json()) {
      printer.json().forEach(this::println);
    } else {
      printer.lines().forEach(this::println);
    }
  }

  @Override
  int exitCode() {
    return exitCode;
  }

  private VerifyOptions options() {
    if (allCodes && !full) {
      throw new IllegalArgumentException("--all-codes needs --full");
    }
    VerifyOptions.Builder options =
        VerifyOptions.builder(allCodes ? Depth.ALL_CODES : full ? Depth.FULL : Depth.QUICK)
            .memoryBudgetBytes(memoryBytes)
            .maxDamages(listed);
    if (threads != null) {
      options.threads(threads);
    }
    return options.build();
  }
}
