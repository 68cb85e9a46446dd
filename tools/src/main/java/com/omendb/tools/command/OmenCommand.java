package com.omendb.tools.command;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `omen` without a command: only help.
@Command(
    name = "omen",
    versionProvider = OmenCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "OmenDB: nearest neighbours of vectors, searched on the SSD within a memory budget.",
      ""
    },
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  omen demo",
      "  omen build base.u8bin index --memory 1GB --threads 2",
      "  omen eval index --queries q.u8bin --truth gt.ibin --k 10 --memory 64MB",
      "",
      "Each command explains itself: omen COMMAND --help.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 141 the reader of the output ended."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class OmenCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // the parser looks at it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  @SuppressWarnings("UnusedVariable") // the parser looks at it
  private boolean version;

  /// The line that `--version` prints.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      return new String[] {VersionCommand.line()};
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
