package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// What `omen completion` prints, run by bash: for every command it offers all options of its help
/// and the commands below it, and nothing else.
final class CompletionTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path folder;

  @Test
  void everyCommandAndOptionIsOffered() throws Exception {
    assumeTrue(Files.isExecutable(BASH), "no bash");
    Map<List<String>, CommandLine> commands = new LinkedHashMap<>();
    ResultStream nowhere =
        new ResultStream(OutputStream.nullOutputStream(), StandardCharsets.UTF_8);
    collect(CommandTree.all(new Console(nowhere, nowhere, false)), List.of(), commands);
    assertTrue(commands.size() > 15, commands::toString);
    for (Map.Entry<List<String>, CommandLine> entry : commands.entrySet()) {
      CommandLine command = entry.getValue();
      Set<String> options =
          command.getCommandSpec().options().stream()
              .filter(option -> !option.hidden())
              .map(OptionSpec::names)
              .flatMap(Stream::of)
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(options, offered(entry.getKey(), "-"), () -> entry.getKey() + " -");
      if (!command.getSubcommands().isEmpty()) {
        assertEquals(
            new TreeSet<>(command.getSubcommands().keySet()),
            offered(entry.getKey(), ""),
            entry.getKey()::toString);
      }
    }
  }

  @Test
  void bothShellsGetAScriptAndOthersARefusal() {
    Run bash = Run.omen("completion", "bash");
    assertEquals(0, bash.exitCode(), bash::toString);
    assertEquals("", bash.err());
    Run zsh = Run.omen("completion", "zsh");
    assertEquals(bash, zsh);
    assertTrue(bash.out().contains("ZSH_VERSION"), "not for zsh");
    Run fish = Run.omen("completion", "fish");
    assertEquals(2, fish.exitCode());
    assertTrue(fish.err().contains("fish"), fish::toString);
  }

  private static void collect(
      CommandLine command, List<String> words, Map<List<String>, CommandLine> all) {
    all.put(words, command);
    command
        .getSubcommands()
        .forEach(
            (name, below) ->
                collect(below, Stream.concat(words.stream(), Stream.of(name)).toList(), all));
  }

  /// What bash completes the beginning of a word to, after `omen` and some words. `compopt` works
  /// only in an interactive shell.
  private Set<String> offered(List<String> words, String begun)
      throws IOException, InterruptedException {
    Path script = folder.resolve("omen.bash");
    if (!Files.exists(script)) {
      Files.writeString(script, Run.omen("completion", "bash").out());
    }
    List<String> line = new ArrayList<>(List.of("omen"));
    line.addAll(words);
    line.add(begun);
    List<String> bash =
        new ArrayList<>(
            List.of(
                BASH.toString(),
                "-c",
                "compopt() { :; }; source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# -"
                    + " 1)); _complete_omen 2>&1; printf '%s\\n"
                    + "' \"${COMPREPLY[@]}\"",
                "bash",
                script.toString()));
    bash.addAll(line);
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(bash)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> words.toString());
    return Files.readAllLines(out).stream()
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
