package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.command.CommandTree;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.ResultStream;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Every command's help is what was reviewed, shows an example, and fits 100 columns.
///
/// `-Dgolden.update=true` rewrites the expected texts.
final class HelpTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

  static Stream<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(CommandTree.all(new Console(nowhere(), nowhere(), false)), List.of(), all);
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpIsAsReviewed(List<String> command) throws IOException {
    List<String> words = new ArrayList<>(command);
    words.add("--help");
    List<String> fullName = new ArrayList<>(List.of("omen"));
    fullName.addAll(command);
    Run run = Run.omen(words.toArray());
    assertEquals(0, run.exitCode());
    assertEquals("", run.err());
    assertTrue(run.out().contains("Example"), "no example");
    assertTrue(run.out().lines().allMatch(line -> line.length() <= 100), "too wide");
    Path file = GOLDEN.resolve(String.join("-", fullName) + ".txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, run.out());
    }
    assertEquals(Files.readString(file, StandardCharsets.UTF_8), run.out(), file.toString());
  }

  private static ResultStream nowhere() {
    return new ResultStream(OutputStream.nullOutputStream(), StandardCharsets.UTF_8);
  }

  private static void collect(CommandLine command, List<String> words, List<List<String>> all) {
    all.add(words);
    for (Map.Entry<String, CommandLine> entry : command.getSubcommands().entrySet()) {
      List<String> longer = new ArrayList<>(words);
      longer.add(entry.getKey());
      collect(entry.getValue(), longer, all);
    }
  }
}
