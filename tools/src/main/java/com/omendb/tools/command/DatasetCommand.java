package com.omendb.tools.command;

import com.omendb.tools.report.Console;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `omen dataset`: only help; its commands do the work.
@CommandLine.Command(
    name = "dataset",
    synopsisSubcommandLabel = "COMMAND",
    description = "List and download public vector sets, or make a synthetic one.",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  omen dataset list",
      "  omen dataset download siftsmall data",
      "  omen dataset synthetic base.u8bin --count 100000 --queries q.u8bin"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class DatasetCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // the parser looks at it
  private boolean help;

  private final Console console;

  public DatasetCommand(Console console) {
    this.console = console;
  }

  /// The commands that do the work.
  public List<Command> commands() {
    return List.of(
        new DatasetListCommand(console),
        new DatasetDownloadCommand(console),
        new DatasetSyntheticCommand(console));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
