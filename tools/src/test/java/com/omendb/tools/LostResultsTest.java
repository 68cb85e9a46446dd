package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.report.ResultStream;
import com.omendb.tools.testing.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Results that cannot be written, whatever prints them and from whichever byte on, end with an
/// exit code that is not 0 and say why; a reader that has seen enough ends the program without a
/// word.
class LostResultsTest {
  @TempDir static Path folder;

  private record Outcome(int exitCode, String err, int bytes) {}

  /// Takes so many bytes.
  private static Outcome run(int room, String failure, Object... arguments) {
    int[] written = new int[1];
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            if (written[0] == room) {
              throw new IOException(failure);
            }
            written[0]++;
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            Arrays.stream(arguments).map(Object::toString).toArray(String[]::new),
            new ResultStream(out, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Outcome(exitCode, err.toString(StandardCharsets.UTF_8), written[0]);
  }

  @Test
  void whatCannotBeWrittenIsSaid() throws Exception {
    Fixture fixture = Fixture.create(folder);
    Path index = folder.resolve("built");
    List<Object[]> commands = new ArrayList<>();
    Object[] search = {"search", index, "--queries", fixture.queries(), "--rows", "0:3"};
    commands.add(new Object[] {"build", fixture.base(), index, "-q", "--overwrite"});
    commands.add(search);
    for (String option : new String[] {"--json", "--explain", "--metrics"}) {
      commands.add(Stream.concat(Stream.of(search), Stream.of(option)).toArray());
    }
    commands.add(
        new Object[] {
          "eval",
          index,
          "--queries",
          fixture.queries(),
          "--truth",
          fixture.truth(),
          "--k",
          3,
          "--search-list-size",
          "20",
          "--warm",
          0,
          "-q"
        });
    commands.add(new Object[] {"info", index});
    commands.add(new Object[] {"info", index, "--json"});
    commands.add(new Object[] {"verify", index, "-q"});
    commands.add(new Object[] {"plan", fixture.base(), folder.resolve("planned")});
    commands.add(new Object[] {"version"});
    commands.add(new Object[] {"--help"});
    commands.add(new Object[] {"search", "--help"});
    commands.add(new Object[] {"dataset", "list"});
    for (Object[] command : commands) {
      String name = Arrays.toString(command);
      Outcome whole = run(Integer.MAX_VALUE, "never", command);
      assertEquals(0, whole.exitCode(), name + whole);
      assertTrue(whole.bytes() > 0, name);
      for (int room : new int[] {0, whole.bytes() / 2}) {
        Outcome full = run(room, "No space left on device", command);
        assertEquals(1, full.exitCode(), name + full);
        assertTrue(
            full.err().endsWith("omen: cannot write the results: No space left on device\n"),
            name + full);
        Outcome closed = run(room, "Broken pipe", command);
        assertEquals(141, closed.exitCode(), name + closed);
        assertEquals("", closed.err(), name);
      }
    }
    assertTrue(Files.exists(index.resolve("manifest.omen")));
  }

  @Test
  void aFailedCommandKeepsItsOwnExitCode() {
    assertEquals(2, run(0, "No space left on device", "search").exitCode());
    Outcome missing = run(0, "No space left on device", "info", folder.resolve("nothing"));
    assertEquals(1, missing.exitCode());
    assertTrue(missing.err().contains("nothing"), missing.err());
  }
}
