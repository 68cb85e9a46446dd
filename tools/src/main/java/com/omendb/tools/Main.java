package com.omendb.tools;

import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/// The program behind `./omen`: build, search and evaluate indexes, and get data to do it with.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage. Errors are one line on stderr that begins with
/// `omen:`; `--debug` or `-Domen.debug=true` adds the stack trace.
public final class Main {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private Main() {}

  /// Runs the program and exits with its code.
  @SuppressWarnings("SystemExitOutsideMain") // it is main
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /// Runs the program in this JVM.
  ///
  /// @return the exit code
  public static int run(String[] args, PrintStream out, PrintStream err) {
    Console console = new Console(out, err, Boolean.getBoolean("omen.terminal"));
    CommandLine omen = commandLine(console);
    try {
      return omen.execute(args);
    } catch (OutOfMemoryError e) {
      return report(console, e, debug(omen));
    } finally {
      out.flush();
      err.flush();
    }
  }

  /// The parser with all commands.
  static CommandLine commandLine(Console console) {
    CommandLine omen =
        new CommandLine(new OmenCommand())
            .addSubcommand(new BuildCommand(console))
            .addSubcommand(new PlanCommand(console))
            .addSubcommand(new SearchCommand(console))
            .addSubcommand(new EvalCommand(console))
            .addSubcommand(new InfoCommand(console))
            .addSubcommand(new VerifyCommand(console))
            .addSubcommand(new RepairCommand(console))
            .addSubcommand(
                new CommandLine(new DatasetCommand())
                    .addSubcommand(new DatasetListCommand(console))
                    .addSubcommand(new DatasetDownloadCommand(console))
                    .addSubcommand(new DatasetSyntheticCommand(console)))
            .addSubcommand(new GroundTruthCommand(console))
            .addSubcommand(new DemoCommand(console))
            .addSubcommand(new VersionCommand(console));
    omen.setOut(new PrintWriter(console.out(), true, console.out().charset()));
    omen.setErr(new PrintWriter(console.err(), true, console.err().charset()));
    omen.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    omen.setUsageHelpWidth(100);
    omen.setUsageHelpAutoWidth(false);
    omen.setExpandAtFiles(false);
    spread(omen);
    omen.setCaseInsensitiveEnumValuesAllowed(true);
    omen.setParameterExceptionHandler((e, args) -> wrongUsage(console, e));
    omen.setExecutionExceptionHandler(
        (e, command, parsed) -> report(console, e, debug(command.<Object>getCommand())));
    return omen;
  }

  /// Sets an empty line between a command's description and its parameters.
  private static void spread(CommandLine command) {
    for (CommandLine subcommand : command.getSubcommands().values()) {
      CommandLine.Model.UsageMessageSpec usage = subcommand.getCommandSpec().usageMessage();
      if (subcommand.getCommandSpec().positionalParameters().isEmpty()) {
        usage.optionListHeading("%n");
      } else {
        usage.parameterListHeading("%n");
      }
      spread(subcommand);
    }
  }

  private static int wrongUsage(Console console, ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    console.err().println("omen: " + UsageErrors.describe(e));
    console.err().println("Try '" + command + " --help'.");
    return WRONG_USAGE;
  }

  private static int report(Console console, Throwable failure, boolean debug) {
    console.err().println("omen: " + Failures.describe(failure));
    if (debug) {
      failure.printStackTrace(console.err());
    }
    return FAILED;
  }

  private static boolean debug(CommandLine omen) {
    CommandLine command = omen;
    CommandLine.ParseResult parsed = omen.getParseResult();
    while (parsed != null && parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
      command = parsed.commandSpec().commandLine();
    }
    return debug(command.<Object>getCommand());
  }

  private static boolean debug(Object command) {
    return Boolean.getBoolean("omen.debug") || (command instanceof Command omen && omen.debug());
  }
}
