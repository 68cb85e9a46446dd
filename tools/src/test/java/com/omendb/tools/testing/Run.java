package com.omendb.tools.testing;

import com.omendb.tools.Main;
import com.omendb.tools.report.ResultStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// One run of the program in this JVM.
///
/// @param exitCode what it ended with
/// @param out what it printed
/// @param err what it complained
public record Run(int exitCode, String out, String err) {

  /// Runs `omen` with these arguments.
  public static Run omen(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            words,
            new ResultStream(out, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// Everything it said, for failure messages.
  @Override
  public String toString() {
    return "exit code " + exitCode + "\n" + out + err;
  }
}
