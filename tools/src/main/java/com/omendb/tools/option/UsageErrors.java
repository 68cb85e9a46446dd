package com.omendb.tools.option;

import com.omendb.tools.report.Failures;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns the parser's complaints into one line that names the wrong thing.
public final class UsageErrors {
  private static final String PARSER_PREFIX = "Error: ";

  private UsageErrors() {}

  public static String describe(ParameterException failure) {
    // What is unknown is the likelier mistake than what then seems to be missing.
    List<String> unknown =
        switch (failure) {
          case UnmatchedArgumentException e -> e.getUnmatched();
          case MissingParameterException e ->
              e.getCommandLine().getUnmatchedArguments().stream()
                  .filter(argument -> argument.startsWith("-"))
                  .toList();
          default -> List.of();
        };
    if (unknown.isEmpty()) {
      String message = Failures.oneLine(String.valueOf(failure.getMessage()));
      return message.startsWith(PARSER_PREFIX)
          ? message.substring(PARSER_PREFIX.length())
          : message;
    }
    CommandLine command = failure.getCommandLine();
    String what =
        unknown.getFirst().startsWith("-")
            ? "unknown option"
            : command.getSubcommands().isEmpty() ? "one argument too many" : "unknown command";
    return what + ": " + unknown.getFirst();
  }
}
