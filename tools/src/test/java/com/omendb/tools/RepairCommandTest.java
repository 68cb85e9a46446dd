package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.report.RepairPrinter;
import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.JsonReader;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `omen repair` on an index of the kind that users get. Invariants: with the source nothing is
/// lost and recall comes back; without it the lost ids are printed; refusals are one line and leave
/// nothing behind.
final class RepairCommandTest {
  private static final int PAGE_BYTES = 4096;

  @TempDir static Path folder;
  private static Fixture fixture = new Fixture(Path.of(""));
  private static Path index = Path.of("");

  @BeforeAll
  static void buildAndDamage() throws IOException {
    fixture = Fixture.create(folder);
    index = folder.resolve("hybrid");
    ok("build", fixture.base(), index, "--max-degree", 8, "--quiet");
    Path pages = pages(index);
    byte[] bytes = Files.readAllBytes(pages);
    assertTrue(bytes.length > 4 * PAGE_BYTES, "bytes=" + bytes.length);
    bytes[2 * PAGE_BYTES + 100] ^= 1;
    Files.write(pages, bytes);
  }

  @Test
  void theSourceBringsEverythingBack() {
    Path repaired = folder.resolve("with-source");
    Run run =
        ok(
            "repair",
            index,
            repaired,
            "--source",
            fixture.base(),
            "--queries",
            fixture.queries(),
            "--truth",
            fixture.truth(),
            "--json");
    Map<String, String> fields = JsonReader.object(run.out().stripTrailing());
    assertEquals(Fixture.COUNT, JsonReader.number(fields, "count"));
    assertEquals("[]", JsonReader.field(fields, "lostIds"));
    assertEquals(1, JsonReader.number(fields, "lostPageCount"));
    Map<String, String> recall = JsonReader.object(JsonReader.field(fields, "recallRepaired"));
    assertTrue(Double.parseDouble(JsonReader.field(recall, "recall")) > 0.95, run::toString);
    assertEquals(0, JsonReader.number(recall, "failedCount"));
  }

  @Test
  void truthOfOtherVectorsGivesNoRecallButTheRepairIsReported() {
    Path truth = folder.resolve("part.ibin");
    ok("groundtruth", fixture.base(), fixture.queries(), truth, "--k", 10, "--rows", "0:100");
    Path repaired = folder.resolve("wrong-truth");
    Run run = ok("repair", index, repaired, "--queries", fixture.queries(), "--truth", truth);
    assertTrue(
        run.out()
            .contains(
                "recall of the repaired index is not known: the ground truth is not of this index"),
        run::toString);
    assertTrue(run.out().contains("repaired " + repaired), run::toString);
  }

  @Test
  void withoutTheSourceTheLostIdsArePrinted() {
    Path repaired = folder.resolve("without-source");
    Run run = ok("repair", index, repaired);
    assertTrue(run.out().contains("base.pages: 1 of "), run::toString);
    assertTrue(run.out().contains("lost ids ("), run::toString);
    assertTrue(run.out().contains("assumed: ids are the rows of the input"), run::toString);
    assertEquals(
        0,
        Run.omen(
                "eval",
                repaired,
                "--queries",
                fixture.queries(),
                "--truth",
                fixture.truth(),
                "--search-list-size",
                50,
                "--warm",
                0)
            .exitCode());
  }

  @Test
  void whatCannotBeRepairedIsSaidInOneLine() throws IOException {
    Path lost = folder.resolve("lost");
    Files.createDirectories(lost.resolve("0b5f0000-0000-0000-0000-000000000000"));
    Run run = Run.omen("repair", lost, folder.resolve("nothing"));
    assertEquals(1, run.exitCode());
    assertEquals(1, run.err().lines().count(), run::toString);
    assertTrue(run.err().contains("cannot be repaired"), run::toString);
    assertFalse(Files.exists(folder.resolve("nothing")));
  }

  @Test
  void recallNeedsSomethingToCompareWith() {
    Run run = Run.omen("repair", index, folder.resolve("never"), "--queries", fixture.queries());
    assertEquals(2, run.exitCode(), run::toString);
    assertFalse(Files.exists(folder.resolve("never")));
  }

  @Test
  void idsArePrintedAsRanges() {
    BitSet ids = new BitSet();
    ids.set(3);
    ids.set(5, 10);
    ids.set(12);
    assertEquals("3, 5-9, 12", RepairPrinter.ranges(ids));
    assertEquals("", RepairPrinter.ranges(new BitSet()));
  }

  private static Path pages(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.endsWith("base.pages")).findFirst().orElseThrow();
    }
  }

  private static Run ok(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }
}
