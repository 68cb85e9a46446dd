package com.omendb.tools.command;

import com.omendb.tools.report.Console;
import com.omendb.tools.report.JsonObject;
import com.omendb.tools.report.ProgressPrinter;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What every command has: where it prints, and the options `--json`, `--quiet`, `--debug` and
/// `--help`.
///
/// A command parses its options into records, calls the library and prints; it computes nothing
/// itself.
@SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls the command
public abstract class Command implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  @Option(
      names = "--json",
      order = 100,
      description = "Print JSON, one object a line, and no progress.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      order = 101,
      description = "Print no progress.")
  private boolean quiet;

  @Option(names = "--debug", order = 102, description = "Print stack traces of errors.")
  private boolean debug;

  @Option(
      names = {"-h", "--help"},
      order = 103,
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // the parser looks at it
  private boolean help;

  Command(Console console) {
    this.console = console;
  }

  /// Does the work.
  abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    VectorModule.load();
    run();
    return exitCode();
  }

  /// What the program ends with after [#run].
  int exitCode() {
    return 0;
  }

  final boolean json() {
    return json;
  }

  public final boolean debug() {
    return debug;
  }

  /// A progress printer for long work; the caller closes it.
  final ProgressPrinter progress() {
    return console.progress(json || quiet, true);
  }

  /// A progress printer that leaves nothing behind, for work that prints its own results.
  final ProgressPrinter progressWithoutSummaries() {
    return console.progress(json || quiet, false);
  }

  /// Prints a line of results and sees that it gets out: after lost ones no more are wanted.
  final void println(String line) {
    console.out().println(line);
    console.out().requireWritten();
  }

  final void println(JsonObject line) {
    println(line.toString());
  }

  /// Says on stderr what a person should know of results that look like any others.
  final void warn(String message) {
    console.err().println("omen: " + message);
  }

  /// The same refusal, with the option that allows what the library would do if it were allowed to.
  static FileAlreadyExistsException withOverwrite(FileAlreadyExistsException e) {
    String reason = e.getReason();
    FileAlreadyExistsException told =
        new FileAlreadyExistsException(
            e.getFile(),
            e.getOtherFile(),
            reason == null
                ? "it exists already"
                : reason.replace("overwrite is off", "--overwrite replaces it"));
    told.initCause(e);
    return told;
  }

  /// Makes a record out of options: what it refuses is wrong usage.
  final <T> T usage(Supplier<T> options) {
    try {
      return options.get();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
  }

  /// The exception for a wrong use of the command.
  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
