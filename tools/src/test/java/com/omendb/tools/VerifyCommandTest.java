package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.testing.JsonReader;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `omen verify` exits with 0 for a whole index and with 1 for a damaged one, and says in text and
/// in JSON what is wrong where.
final class VerifyCommandTest {
  private static final int DAMAGED_PAGE = 2;
  private static final int OFFSET = (DAMAGED_PAGE + 1) * 4096 + 1000;

  @TempDir private static Path folder;

  private static Path index;
  private static Path pages;

  @BeforeAll
  static void build() throws IOException {
    Path base = folder.resolve("base.u8bin");
    index = folder.resolve("index");
    ok("dataset", "synthetic", base, "--count", 700, "--dimension", 16);
    ok("build", base, index, "--quiet");
    try (Stream<Path> files = Files.walk(index)) {
      pages = files.filter(file -> file.endsWith("base.pages")).findFirst().orElseThrow();
    }
  }

  private static Run ok(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }

  private static void flip() throws IOException {
    byte[] bytes = Files.readAllBytes(pages);
    bytes[OFFSET] ^= 1;
    Files.write(pages, bytes);
  }

  @Test
  void aWholeIndexEndsWithZero() {
    assertTrue(ok("verify", index).out().contains("whole: lengths and headers checked"));
    String full = ok("verify", index, "--full", "--memory", "64MB", "--quiet").out();
    assertTrue(full.contains("whole: every byte checked"), full);
    Map<String, String> fields =
        JsonReader.object(ok("verify", index, "--full", "--json").out().stripTrailing());
    assertEquals("true", JsonReader.field(fields, "whole"));
    assertEquals(0, JsonReader.number(fields, "damageCount"));
  }

  @Test
  void aDamagedIndexEndsWithOneAndSaysWhatIsWrong() throws IOException {
    flip();
    try {
      Run text = Run.omen("verify", index, "--full", "--quiet");
      assertEquals(1, text.exitCode());
      assertTrue(
          text.out().contains("damage: page, file=base.pages, page=2, offset=12288, expected=0x"),
          text::toString);
      assertTrue(text.out().contains("DAMAGED: every byte checked"), text::toString);
      Run run = Run.omen("verify", index, "--full", "--json");
      assertEquals(1, run.exitCode());
      assertEquals("", run.err());
      List<String> lines = run.out().lines().toList();
      assertEquals(2, lines.size(), run::toString);
      Map<String, String> damage = JsonReader.object(lines.getFirst());
      assertEquals(
          List.of("file", "kind", "page", "offset", "expected", "found"),
          List.copyOf(damage.keySet()));
      assertEquals(DAMAGED_PAGE, JsonReader.number(damage, "page"));
      Map<String, String> summary = JsonReader.object(lines.getLast());
      assertEquals("false", JsonReader.field(summary, "whole"));
      assertEquals("[2]", JsonReader.field(summary, "damagedPages"));
      assertEquals(0, Run.omen("verify", index).exitCode(), "a quick check reads no page");
    } finally {
      flip();
    }
  }

  @Test
  void whatIsNoIndexEndsWithOneAndWrongUsageWithTwo() {
    assertEquals(1, Run.omen("verify", folder.resolve("none")).exitCode());
    assertEquals(2, Run.omen("verify", index, "--all-codes").exitCode());
    assertEquals(2, Run.omen("verify", index, "--threads", 0).exitCode());
    Run tooLittle = Run.omen("verify", index, "--full", "--memory", "1MB");
    assertEquals(1, tooLittle.exitCode());
    assertTrue(tooLittle.err().contains("smallest memory budget"), tooLittle::toString);
  }
}
