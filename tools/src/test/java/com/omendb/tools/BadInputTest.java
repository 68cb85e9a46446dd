package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.testing.BruteForceKind;
import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the program says to bad input:
///
/// - wrong usage exits with 2, anything else that fails with 1; nothing is printed on stdout
/// - one line on stderr begins with `omen:` and names the wrong thing; no stack trace unless asked
final class BadInputTest {
  @TempDir private static Path folder;

  private static Fixture fixture;

  @BeforeAll
  static void makeFixture() {
    fixture = Fixture.create(folder);
  }

  @Test
  void missingFile() {
    failed("nowhere.u8bin", "build", folder.resolve("nowhere.u8bin"), folder.resolve("x"));
    failed("nowhere.fbin", "search", fixture.index(), "--queries", folder.resolve("nowhere.fbin"));
    failed("nowhere.ibin", eval("--truth", folder.resolve("nowhere.ibin")));
  }

  @Test
  void unknownExtension() throws IOException {
    Path file = Files.copy(fixture.base(), folder.resolve("base.vec"));
    failed("base.vec", "build", file, folder.resolve("x"));
    failed(
        "truth.txt", "groundtruth", fixture.base(), fixture.queries(), folder.resolve("truth.txt"));
  }

  @Test
  void truncatedFile() throws IOException {
    byte[] bytes = Files.readAllBytes(fixture.base());
    Path file = Files.write(folder.resolve("cut.u8bin"), Arrays.copyOf(bytes, bytes.length - 1));
    failed("cut.u8bin", "build", file, folder.resolve("x"), "--kind", BruteForceKind.NAME);
  }

  @Test
  void emptyFile() throws IOException {
    Path file = Files.write(folder.resolve("empty.u8bin"), new byte[0]);
    failed("empty.u8bin", "build", file, folder.resolve("x"), "--kind", BruteForceKind.NAME);
  }

  @Test
  void rowsBeyondTheFile() {
    failed("600", "build", fixture.base(), folder.resolve("x"), "--rows", "599:2");
    failed("40", "search", fixture.index(), "--queries", fixture.queries(), "--row", 40);
    wrongUsage("9:", "build", fixture.base(), folder.resolve("x"), "--rows", "9:");
    wrongUsage("-1", "search", fixture.index(), "--queries", fixture.queries(), "--row", -1);
  }

  @Test
  void unknownWaysToServe() {
    for (String command : new String[] {"search", "eval"}) {
      wrongUsage(
          "engine=uring",
          command,
          fixture.index(),
          "--queries",
          fixture.queries(),
          "--engine",
          "uring");
      wrongUsage(
          "residency=some",
          command,
          fixture.index(),
          "--queries",
          fixture.queries(),
          "--residency",
          "some");
    }
  }

  @Test
  void queriesOfAnotherDimensionOrType() {
    Path other = folder.resolve("other.u8bin");
    run("dataset", "synthetic", other, "--count", 50, "--dimension", 12, "--query-count", 5);
    failed("dimension=16", "search", fixture.index(), "--queries", other);
    failed("dimension", "groundtruth", fixture.base(), other, folder.resolve("x.ibin"), "--k", 3);
    Path floats = folder.resolve("floats.fbin");
    run("dataset", "synthetic", floats, "--count", 50, "--dimension", 16, "--type", "float32");
    failed("uint8", "search", fixture.index(), "--queries", floats);
    failed("dimension", "search", fixture.index(), "--vector", "1,2,3");
    failed("element=0.5", "search", fixture.index(), "--vector", "1,0.5,3");
    failed("element=256.0", "search", fixture.index(), "--vector", "256,2,3");
    wrongUsage("1,x", "search", fixture.index(), "--vector", "1,x");
  }

  @Test
  void groundTruthOfOtherQueries() {
    failed(
        "truthQueries=40, queries=600",
        "eval",
        fixture.index(),
        "--queries",
        fixture.base(),
        "--truth",
        fixture.truth());
  }

  @Test
  void valuesOutOfRange() {
    wrongUsage("k=0", "search", fixture.index(), "--queries", fixture.queries(), "--k", 0);
    wrongUsage("k=10001", eval("--truth", fixture.truth(), "--k", 10001));
    failed("k=21", eval("--truth", fixture.truth(), "--k", 21));
    wrongUsage("searchListSize=5", eval("--truth", fixture.truth(), "--search-list-size", 5));
    wrongUsage("20,x", eval("--truth", fixture.truth(), "--search-list-size", "20,x"));
    wrongUsage("beamWidth=65", eval("--truth", fixture.truth(), "--beam-width", 65));
    wrongUsage("maxSearchers=0", eval("--truth", fixture.truth(), "--threads", 0));
    wrongUsage("maxDegree=3", "build", fixture.base(), folder.resolve("x"), "--max-degree", 3);
    wrongUsage("alpha=0.5", "build", fixture.base(), folder.resolve("x"), "--alpha", 0.5);
    wrongUsage("64XB", "build", fixture.base(), folder.resolve("x"), "--memory", "64XB");
    wrongUsage("hamming", "build", fixture.base(), folder.resolve("x"), "--metric", "hamming");
    wrongUsage(
        "k=0", "groundtruth", fixture.base(), fixture.queries(), folder.resolve("x"), "--k", 0);
    wrongUsage("count=0", "dataset", "synthetic", folder.resolve("x.u8bin"), "--count", 0);
    wrongUsage(
        "k=1048577",
        "groundtruth",
        fixture.base(),
        fixture.queries(),
        folder.resolve("x.ibin"),
        "--k",
        1048577);
  }

  @Test
  void unknownThings() {
    wrongUsage("--sped", "build", fixture.base(), folder.resolve("x"), "--sped", 3);
    wrongUsage("--sped", "build", "--sped");
    wrongUsage("serach", "serach", fixture.index());
    wrongUsage("three", "build", "one", "two", "three");
    wrongUsage("INDEX", "build", fixture.base());
    wrongUsage("--truth", "eval", fixture.index(), "--queries", fixture.queries());
    wrongUsage("sift2m", "dataset", "download", "sift2m", folder);
    wrongUsage("command is missing");
    wrongUsage("command is missing", "dataset");
    failed("kind=cubist", "build", fixture.base(), folder.resolve("x"), "--kind", "cubist");
  }

  @Test
  void existingThingsAreNotTouched() {
    failed(
        fixture.index().toString(),
        "build",
        fixture.base(),
        fixture.index(),
        "--kind",
        BruteForceKind.NAME);
    failed(folder.toString(), "demo", "--dir", folder, "--kind", BruteForceKind.NAME);
    assertTrue(Files.exists(fixture.base()));
  }

  @Test
  void outputsAreNotWrittenOverAnythingUnlessAsked() throws IOException {
    byte[] base = Files.readAllBytes(fixture.base());
    failed("--overwrite", "dataset", "synthetic", fixture.base(), "--count", 50);
    failed("--overwrite", "groundtruth", fixture.base(), fixture.queries(), fixture.truth());
    Path fresh = folder.resolve("fresh.u8bin");
    failed("other=", "dataset", "synthetic", fresh, "--count", 50, "--queries", fresh);
    Path floats = folder.resolve("gt.distances.fbin");
    run("dataset", "synthetic", floats, "--count", 50, "--dimension", 4, "--type", "float32");
    byte[] before = Files.readAllBytes(floats);
    for (String overwrite : new String[] {"-q", "--overwrite"}) {
      failed(
          "gt.distances.fbin",
          "groundtruth",
          floats,
          floats,
          folder.resolve("gt.ibin"),
          "--k",
          3,
          overwrite);
    }
    assertArrayEquals(before, Files.readAllBytes(floats));
    assertFalse(Files.exists(folder.resolve("gt.ibin")));
    Path link = Files.createSymbolicLink(folder.resolve("link.u8bin"), fixture.base());
    failed("exists", "dataset", "synthetic", link, "--count", 50);
    assertArrayEquals(base, Files.readAllBytes(fixture.base()));
    run(
        "dataset",
        "synthetic",
        floats,
        "--count",
        20,
        "--dimension",
        4,
        "--type",
        "float32",
        "--overwrite");
    assertEquals(8 + 20 * 4 * 4, Files.size(floats));
  }

  @Test
  void noIndex() {
    failed(folder.toString(), "info", folder);
    failed("nowhere", "search", folder.resolve("nowhere"), "--vector", "1");
  }

  @Test
  void aBudgetTooSmallSaysTheSmallestThatWorks() {
    failed("1000000", eval("--truth", fixture.truth(), "--memory", "1kB"));
    failed(
        "1000000",
        "build",
        fixture.base(),
        folder.resolve("x"),
        "--kind",
        BruteForceKind.NAME,
        "--memory",
        "10kB");
  }

  @Test
  void stackTracesAreForThoseWhoAsk() {
    Run run = Run.omen("info", folder.resolve("nowhere"), "--debug");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("\tat com.omendb."), run::toString);
  }

  private static Object[] eval(Object... more) {
    Object[] first = {"eval", fixture.index(), "--queries", fixture.queries()};
    Object[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static void failed(String named, Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(1, run.exitCode(), run::toString);
    assertTrue(run.err().startsWith("omen: "), run::toString);
    assertEquals(1, run.err().lines().count(), run::toString);
    assertTrue(run.err().contains(named), run::toString);
    assertFalse(run.err().contains("internal error"), run::toString);
    assertEquals("", run.out());
  }

  private static void wrongUsage(String named, Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(2, run.exitCode(), run::toString);
    assertTrue(run.err().startsWith("omen: "), run::toString);
    assertTrue(run.err().lines().findFirst().orElse("").contains(named), run::toString);
    assertTrue(run.err().lines().skip(1).allMatch(line -> line.startsWith("Try '")), run::toString);
    assertEquals("", run.out());
  }

  private static void run(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
  }
}
