package com.omendb.tools.report;

import java.io.PrintStream;

/// Where a run of the program prints.
///
/// @param out results
/// @param err progress, warnings and errors
/// @param terminal whether a person watches `err` on a terminal, where a line can be rewritten
public record Console(ResultStream out, PrintStream err, boolean terminal) {

  /// A progress printer that fits.
  public ProgressPrinter progress(boolean silent, boolean summaries) {
    ProgressPrinter.Style style =
        silent
            ? ProgressPrinter.Style.SILENT
            : terminal ? ProgressPrinter.Style.TERMINAL : ProgressPrinter.Style.PLAIN;
    return new ProgressPrinter(err, style, summaries);
  }
}
