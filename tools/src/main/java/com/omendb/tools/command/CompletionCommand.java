package com.omendb.tools.command;

import com.omendb.tools.report.Console;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// `omen completion`: what makes a shell complete commands and options.
@CommandLine.Command(
    name = "completion",
    sortOptions = false,
    description = "Print a script that completes commands and options in a shell.",
    footer = {
      "",
      "Examples:",
      "  source <(omen completion bash)     # a line for ~/.bashrc",
      "  source <(omen completion zsh)      # a line for ~/.zshrc"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public final class CompletionCommand extends Command {
  /// A shell that the script is for. One script serves both: it looks which of them runs it.
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Console console;

  @Parameters(index = "0", paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  @SuppressWarnings("UnusedVariable") // the parser looks at it
  private Shell shell;

  public CompletionCommand(Console console) {
    super(console);
    this.console = console;
  }

  @Override
  void run() {
    println(AutoComplete.bash("omen", CommandTree.all(console)).stripTrailing());
  }
}
