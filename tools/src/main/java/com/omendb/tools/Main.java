package com.omendb.tools;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The program behind `./omen`: build, search and evaluate indexes, and get data to do it with.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 141 if the reader of the results has gone, as of a
/// program that a broken pipe ends. Errors are one line on stderr that begins with `omen:`;
/// `--debug` or `-Domen.debug=true` adds the stack trace.
public final class Main {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int READER_GONE = 128 + 13;

  /// The Parquet library says which instructions it uses, which is no result of a command.
  private static final Logger PARQUET_LIBRARY = Logger.getLogger("dev.hardwood");

  private Main() {}

  /// Runs the program and exits with its code.
  @SuppressWarnings("SystemExitOutsideMain") // it is main
  public static void main(String[] args) {
    // What is printed does not depend on the language of its surroundings.
    Locale.setDefault(Locale.ROOT);
    PARQUET_LIBRARY.setLevel(Level.WARNING);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    System.exit(run(args, new ResultStream(out, System.out.charset()), System.err));
  }

  /// Runs the program in this JVM.
  ///
  /// @return the exit code
  public static int run(String[] args, ResultStream out, PrintStream err) {
    Console console = new Console(out, err, Boolean.getBoolean("omen.terminal"));
    CommandLine omen = commandLine(console, args);
    try {
      int exitCode = omen.execute(args);
      if (exitCode == 0) {
        // Also what the parser printed, such as help.
        out.requireWritten();
      }
      return exitCode;
    } catch (OutOfMemoryError | LostResultsException e) {
      return report(console, e, debug(omen));
    } finally {
      out.flush();
      err.flush();
    }
  }

  /// The parser with all commands.
  static CommandLine commandLine(Console console) {
    return commandLine(console, commands(console));
  }

  /// The parser for some arguments. It looks at every option of every command that it knows, which
  /// takes longer than a search. So it knows the command that the first argument names alone, and
  /// of all commands only what the help lists if no argument names one.
  private static CommandLine commandLine(Console console, String[] args) {
    Map<String, Supplier<Object>> commands = commands(console);
    if (args.length > 0 && commands.containsKey(args[0])) {
      commands.keySet().retainAll(Set.of(args[0]));
    } else if (Stream.of(args).noneMatch(commands::containsKey)) {
      commands.replaceAll((name, command) -> () -> summary(name, command.get()));
    }
    return commandLine(console, commands);
  }

  /// A command without its options.
  private static CommandSpec summary(String name, Object command) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage()
        .description(command.getClass().getAnnotation(CommandLine.Command.class).description());
    return spec;
  }

  /// The commands in the order of the help, each made when it is asked for.
  private static Map<String, Supplier<Object>> commands(Console console) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("build", () -> new BuildCommand(console));
    commands.put("plan", () -> new PlanCommand(console));
    commands.put("search", () -> new SearchCommand(console));
    commands.put("eval", () -> new EvalCommand(console));
    commands.put("info", () -> new InfoCommand(console));
    commands.put("verify", () -> new VerifyCommand(console));
    commands.put("repair", () -> new RepairCommand(console));
    commands.put("snapshot", () -> new SnapshotCommand(console));
    commands.put("restore", () -> new RestoreCommand(console));
    commands.put("dataset", () -> new DatasetCommand(console));
    commands.put("convert", () -> new ConvertCommand(console));
    commands.put("groundtruth", () -> new GroundTruthCommand(console));
    commands.put("demo", () -> new DemoCommand(console));
    commands.put("completion", () -> new CompletionCommand(console));
    commands.put("version", () -> new VersionCommand(console));
    return commands;
  }

  private static CommandLine commandLine(Console console, Map<String, Supplier<Object>> commands) {
    CommandLine omen = new CommandLine(new OmenCommand());
    commands.forEach(
        (name, command) -> {
          CommandLine made = new CommandLine(command.get());
          if (made.<Object>getCommand() instanceof DatasetCommand dataset) {
            dataset.commands().forEach(made::addSubcommand);
          }
          omen.addSubcommand(name, made);
        });
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
    if (failure instanceof LostResultsException lost && lost.readerGone()) {
      return READER_GONE;
    }
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
