package com.omendb.tools;

import com.omendb.tools.command.Command;
import com.omendb.tools.command.CommandTree;
import com.omendb.tools.option.UsageErrors;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.Failures;
import com.omendb.tools.report.LostResultsException;
import com.omendb.tools.report.ResultStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
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
    CommandLine omen = CommandTree.of(console, args);
    omen.setParameterExceptionHandler((e, wrong) -> wrongUsage(console, e));
    omen.setExecutionExceptionHandler(
        (e, command, parsed) -> report(console, e, debug(command.<Object>getCommand())));
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
