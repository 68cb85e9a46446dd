package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.command.CommandTree;
import com.omendb.tools.option.Converters;
import com.omendb.tools.option.NumberList;
import com.omendb.tools.option.RowRange;
import com.omendb.tools.report.ByteSize;
import com.omendb.tools.report.Console;
import com.omendb.tools.report.ResultStream;
import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.Run;
import com.omendb.vectors.testing.Fuzz;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// Command lines that nobody meant. Invariants: the program ends with exit code 0, 1 or 2, and if
/// not 0, with one line that begins with `omen:` and does not speak of an internal error; texts
/// that are no value are refused as such.
final class CommandLineFuzzTest {
  private static final String[] WORDS = {
    "0",
    "1",
    "-1",
    "2",
    "10",
    "16",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "1e9",
    "1e999999999",
    "1e-999999999",
    "NaN",
    "Infinity",
    "-0",
    "0.5",
    "0x10",
    "",
    " ",
    "1,2",
    "1,,2",
    ",",
    "20,30,x",
    "0:1",
    "0:0",
    "-1:3",
    "9:9223372036854775807",
    "9223372036854775807:1",
    ":",
    "1:2:3",
    "64MB",
    "1B",
    "0MB",
    "9EB",
    "999999999TB",
    "1.5GiB",
    "64 MB",
    "MB",
    "l2",
    "cosine",
    "hamming",
    "uint8",
    "float32",
    "leaf",
    "hybrid",
    "brute-force",
    "auto",
    "pages",
    "groups",
    "all",
    "io_uring",
    "mapped",
    "--",
    "-",
    "-q",
    "--json",
    "--debug",
    "--help",
    "-h",
    "--k",
    "@file",
    "%s%n",
    "\\",
    "'",
    "\"",
    "\t",
    "\n",
    "\u0001",
    "é",
    "\ud83d\ude00",
    "a=b",
    "--k=5",
    "-k5",
    "..",
    "no/such/file.u8bin",
    "x.fvecs.gz",
    "x.hdf5#",
    "x.hdf5#train",
    "#",
    "CON",
    "*",
    "~",
    "$HOME",
    "true",
    "false",
    "null"
  };

  /// What these commands do takes long or reaches out, so that they are only parsed.
  private static final List<String> ONLY_PARSED =
      List.of("build", "demo", "dataset", "groundtruth");

  @TempDir private static Path folder;

  private static Fixture fixture = new Fixture(Path.of(""));

  // The parser of a process: making one takes longer than parsing.
  private static final ResultStream NOWHERE =
      new ResultStream(OutputStream.nullOutputStream(), StandardCharsets.UTF_8);
  private static final CommandLine OMEN = CommandTree.all(new Console(NOWHERE, NOWHERE, false));

  @BeforeAll
  static void makeFixture() {
    fixture = Fixture.create(folder);
  }

  @Test
  void commandLinesAreParsedOrRefused() {
    Fuzz.of("command-line", 601)
        .from(bytes("search index --queries q.u8bin --k 10"))
        .damaging((_, random) -> bytes(String.join("\u0000", commandLine(random))))
        .allowing(ParameterException.class)
        .run(
            300,
            input -> {
              OMEN.parseArgs(text(input).split("[\u0000 ]", -1));
            });
  }

  @Test
  void commandsEndWithAnExitCode() {
    Fuzz.of("commands", 602)
        .from(bytes("version"), bytes("info\u0000" + fixture.index()))
        .damaging((_, random) -> bytes(String.join("\u0000", commandLine(random))))
        .run(
            40,
            input -> {
              String[] arguments = text(input).split("\u0000", -1);
              for (String argument : arguments) {
                if (ONLY_PARSED.contains(argument)) {
                  return;
                }
              }
              Run run = Run.omen((Object[]) arguments);
              assertTrue(run.exitCode() >= 0 && run.exitCode() <= 2, run::toString);
              if (run.exitCode() != 0) {
                assertTrue(run.err().startsWith("omen: "), run::toString);
                assertFalse(run.err().contains("internal error"), run::toString);
                assertFalse(run.err().contains("heap is too small"), run::toString);
              } else {
                assertEquals("", run.err().replaceAll("(?s).*progress.*", ""), run::toString);
              }
            });
  }

  /// A command with some of its options and values that may or may not be theirs.
  private static List<String> commandLine(SplittableRandom random) {
    CommandLine command = OMEN;
    List<String> line = new ArrayList<>();
    while (!command.getSubcommands().isEmpty()) {
      List<String> names = List.copyOf(command.getSubcommands().keySet());
      String name = names.get(random.nextInt(names.size()));
      line.add(name);
      command = Objects.requireNonNull(command.getSubcommands().get(name));
    }
    String name = line.getLast();
    if (!random.nextBoolean()) {
      line.add(word(random));
    }
    line.add(fixture.index().toString());
    if (name.equals("search") || name.equals("eval")) {
      line.addAll(List.of("--queries", fixture.queries().toString()));
    }
    if (name.equals("eval")) {
      line.addAll(List.of("--truth", fixture.truth().toString()));
    }
    List<OptionSpec> options = command.getCommandSpec().options();
    for (int rest = random.nextInt(5); rest > 0; rest--) {
      OptionSpec option = options.get(random.nextInt(options.size()));
      line.add(option.longestName());
      if (option.arity().max() > 0 && random.nextInt(10) > 0) {
        line.add(word(random));
      }
    }
    return line;
  }

  private static String word(SplittableRandom random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  @Test
  void sizesAndListsAreParsedOrRefused() {
    byte[][] sound = {
      bytes("64MB"),
      bytes("1.5GiB"),
      bytes("1048576"),
      bytes("0:100000"),
      bytes("20,30,50"),
      bytes("1e9"),
      bytes("0.5,-1,3")
    };
    Fuzz.of("values", 603)
        .from(sound)
        .damaging((_, random) -> bytes(word(random) + word(random)))
        .run(
            2_000,
            input -> {
              String text = text(input);
              refusing(() -> assertTrue(ByteSize.parse(text) >= 1));
              refusing(() -> new Converters.Count().convert(text));
              refusing(() -> new NumberList.Ints().convert(text));
              refusing(() -> new NumberList.Floats().convert(text));
              refusing(
                  () -> {
                    RowRange range = new RowRange.Converter().convert(text);
                    assertTrue(range.fromRow() >= 0 && range.rowCount() >= 1);
                  });
              refusing(() -> new Converters.Size().convert(text));
              refusing(() -> new Converters.MetricName().convert(text));
              refusing(() -> new Converters.TypeName().convert(text));
            });
  }

  private static void refusing(Runnable parser) {
    try {
      parser.run();
    } catch (IllegalArgumentException | TypeConversionException e) {
      assertFalse(String.valueOf(e.getMessage()).isEmpty());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
