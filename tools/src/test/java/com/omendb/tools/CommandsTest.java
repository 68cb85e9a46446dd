package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.tools.testing.BruteForceKind;
import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.JsonReader;
import com.omendb.tools.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every command from end to end, on a kind of index that looks at vectors one by one:
///
/// - it exits with 0, prints its results on stdout, and with `--json` only objects
/// - what it wrote can be read by the next command
final class CommandsTest {
  @TempDir private static Path folder;

  private static Fixture fixture;

  @BeforeAll
  static void makeFixture() {
    fixture = Fixture.create(folder);
  }

  @Test
  void buildEndsWithOneObject() {
    Path index = folder.resolve("json-index");
    Run run =
        ok(
            "build",
            fixture.base(),
            index,
            "--kind",
            BruteForceKind.NAME,
            "--rows",
            "100:300",
            "--json");
    Map<String, String> fields = JsonReader.object(run.out().stripTrailing());
    assertEquals(
        List.of("count", "dimension", "buildSeconds", "peakResidentBytes", "indexBytes"),
        List.copyOf(fields.keySet()).subList(0, 5));
    assertEquals(300, JsonReader.number(fields, "count"));
    assertEquals(Fixture.DIMENSION, JsonReader.number(fields, "dimension"));
    assertTrue(JsonReader.number(fields, "indexBytes") >= 300 * Fixture.DIMENSION);
    assertEquals("", run.err());
  }

  @Test
  void buildReplacesAnIndexOnlyWhenAsked() {
    Path index = folder.resolve("replaced");
    ok("build", fixture.base(), index, "--kind", BruteForceKind.NAME, "--rows", "0:10");
    Run refused = Run.omen("build", fixture.base(), index, "--kind", BruteForceKind.NAME);
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains(index.toString()), refused::toString);
    ok("build", fixture.base(), index, "--kind", BruteForceKind.NAME, "--overwrite");
    assertTrue(ok("info", index).out().contains("600 of dimension 16"));
  }

  @Test
  void filesOfGroundTruthAreNamedOrInOrder() throws IOException {
    byte[] expected = Files.readAllBytes(fixture.truth());
    Path out = folder.resolve("named.ibin");
    Object[][] ways = {
      {"--base", fixture.base(), "--queries", fixture.queries(), "--out", out},
      {"--out", out, "--queries", fixture.queries(), "--base", fixture.base()},
      {fixture.base(), fixture.queries(), out},
      {"--queries", fixture.queries(), fixture.base(), out},
    };
    for (Object[] files : ways) {
      List<Object> line = new ArrayList<>(List.of("groundtruth", "--k", 20, "--overwrite"));
      line.addAll(List.of(files));
      ok(line.toArray());
      assertArrayEquals(expected, Files.readAllBytes(out));
    }
    wrongUsage("--queries", "groundtruth", "--base", fixture.base());
    wrongUsage("--out", "groundtruth", fixture.base(), fixture.queries());
    wrongUsage(
        "one argument too many",
        "groundtruth",
        "--base",
        fixture.base(),
        fixture.queries(),
        out,
        "more");
  }

  @Test
  void neighboursThatThereAreNotAreMinusOne() throws IOException {
    Path out = folder.resolve("few.ibin");
    Run run =
        ok(
            "groundtruth",
            "--base",
            fixture.base(),
            "--queries",
            fixture.queries(),
            "--out",
            out,
            "--rows",
            "0:5",
            "--k",
            8,
            "-q");
    assertTrue(run.err().contains("count=5, k=8"), run::toString);
    GroundTruth truth = GroundTruth.read(out);
    assertEquals(8, truth.k());
    for (long query = 0; query < truth.queryCount(); query++) {
      assertEquals(5, truth.count(query));
      assertEquals(GroundTruth.EMPTY, truth.id(query, 5));
      assertEquals(Float.POSITIVE_INFINITY, truth.distance(query, 7));
    }
    Path index = folder.resolve("few-index");
    ok("build", fixture.base(), index, "--kind", BruteForceKind.NAME, "--rows", "0:5");
    Run eval =
        ok("eval", index, "--queries", fixture.queries(), "--truth", out, "--k", 5, "--json");
    assertEquals(
        1.0,
        JsonReader.number(
            JsonReader.object(eval.out().lines().findFirst().orElseThrow()), "recallAt5"));
  }

  private static void wrongUsage(String reason, Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(2, run.exitCode(), run::toString);
    assertTrue(run.err().contains(reason), run::toString);
  }

  @Test
  void namesOfKindsAndMetricsAreThoseThatPeopleUse() {
    for (String metric : List.of("Euclidean", "dot", "angular")) {
      Path index = folder.resolve(metric);
      ok("build", fixture.base(), index, "--kind", "BRUTE-force", "--metric", metric);
      ok("plan", fixture.base(), "--kind", "DiskANN", "--metric", metric);
    }
    assertTrue(ok("info", folder.resolve("Euclidean")).out().contains("distance l2"));
    assertTrue(ok("info", folder.resolve("dot")).out().contains("distance ip"));
    assertTrue(ok("info", folder.resolve("angular")).out().contains("distance cosine"));
  }

  @Test
  void searchPrintsIdsAndDistances() {
    Run run = ok("search", fixture.index(), "--queries", fixture.base(), "--row", 17, "--k", 3);
    List<String> lines = run.out().lines().map(String::strip).toList();
    assertEquals("query 17:", lines.get(0));
    assertTrue(lines.get(2).matches("1 +17 +0\\.0"), run::toString);
    assertEquals(5, lines.size(), run::toString);
  }

  @Test
  void searchPrintsOneObjectAQuery() {
    Run run =
        ok(
            "search",
            fixture.index(),
            "--queries",
            fixture.base(),
            "--rows",
            "5:4",
            "--json",
            "--explain");
    List<String> lines = run.out().lines().toList();
    assertEquals(4, lines.size());
    for (int i = 0; i < 4; i++) {
      Map<String, String> fields = JsonReader.object(lines.get(i));
      assertEquals(5 + i, JsonReader.number(fields, "query"));
      assertTrue(JsonReader.field(fields, "ids").startsWith("[" + (5 + i) + ","), run::toString);
      assertTrue(
          JsonReader.object(JsonReader.field(fields, "stats")).containsKey("pageReads"),
          run::toString);
    }
  }

  @Test
  void searchAndEvalPrintMetricsForPrometheus() {
    Path index = folder.resolve("with-metrics");
    ok("build", fixture.base(), index, "--threads", 1);
    String labels = "{index=\"" + index + "\"} ";
    List<Object> search =
        List.of("search", index, "--queries", fixture.base(), "--rows", "5:4", "--metrics");
    String found = ok(search.toArray()).out();
    assertTrue(found.contains("\nomen_searches_total" + labels + "4\n"), found);
    assertTrue(found.contains("\nomen_search_latency_seconds_count" + labels + "4\n"), found);
    assertTrue(found.contains("\nomen_memory_budget_bytes" + labels + "1000000000\n"), found);
    List<Object> both = new ArrayList<>(search);
    both.add("--json");
    Run refused = Run.omen(both.toArray());
    assertEquals(2, refused.exitCode());
    assertTrue(refused.err().contains("--metrics"), refused::toString);
    String measured =
        ok(
                "eval",
                index,
                "--queries",
                fixture.queries(),
                "--truth",
                fixture.truth(),
                "--search-list-size",
                "20",
                "--warm",
                0,
                "--metrics")
            .out();
    assertTrue(
        measured.contains("\nomen_searches_total" + labels + Fixture.QUERY_COUNT + "\n"), measured);
  }

  @Test
  void searchTakesAVectorInTheTypeOfTheIndex() {
    String zeros = "0" + ",0".repeat(Fixture.DIMENSION - 1);
    Run run = ok("search", fixture.index(), "--vector", zeros, "--k", 2, "--explain");
    assertTrue(run.out().contains("exact distances"), run::toString);
  }

  @Test
  void infoTellsWhatTheIndexIs() {
    String text = ok("info", fixture.index()).out();
    assertTrue(text.contains("600 of dimension 16, uint8, distance l2"), text);
    assertTrue(text.contains("1000000 bytes"), text);
    Map<String, String> fields =
        JsonReader.object(ok("info", fixture.index(), "--json").out().stripTrailing());
    assertEquals(Fixture.COUNT, JsonReader.number(fields, "count"));
    assertEquals(
        BruteForceKind.SMALLEST_BUDGET_BYTES, JsonReader.number(fields, "smallestBudgetBytes"));
  }

  @Test
  void groundTruthIsWrittenWithItsDistances() {
    Path out = folder.resolve("more.ibin");
    Run run =
        ok(
            "groundtruth",
            fixture.base(),
            fixture.queries(),
            out,
            "--k",
            7,
            "--metric",
            "cosine",
            "--json");
    Map<String, String> fields = JsonReader.object(run.out().stripTrailing());
    assertEquals(7, JsonReader.number(fields, "k"));
    assertEquals(Fixture.QUERY_COUNT, JsonReader.number(fields, "queryCount"));
    assertTrue(Files.exists(out));
    assertTrue(Files.exists(folder.resolve("more.distances.fbin")));
  }

  @Test
  void syntheticSetsAreRepeatable() throws Exception {
    Path one = folder.resolve("one.fbin");
    Path two = folder.resolve("two.fbin");
    for (Path out : List.of(one, two)) {
      ok(
          "dataset",
          "synthetic",
          out,
          "--count",
          50,
          "--dimension",
          8,
          "--type",
          "float32",
          "--seed",
          7,
          "--query-count",
          5);
    }
    assertEquals(-1, Files.mismatch(one, two));
    assertTrue(Files.exists(folder.resolve("one-queries.fbin")));
  }

  @Test
  void publicSetsAreListedWithTheirFiles() {
    String text = ok("dataset", "list", "--files").out();
    assertTrue(text.contains("siftsmall") && text.contains("https://"), text);
    for (String line : ok("dataset", "list", "--json").out().lines().toList()) {
      Map<String, String> fields = JsonReader.object(line);
      assertTrue(JsonReader.number(fields, "count") > 0);
      assertTrue(JsonReader.field(fields, "files").contains("\"address\""), line);
    }
  }

  @Test
  void versionNamesTheReleaseAndTheKinds() {
    String text = ok("version").out();
    assertTrue(text.startsWith("omen 0."), text);
    for (String option : List.of("--version", "-V")) {
      assertEquals(text.lines().findFirst(), ok(option).out().lines().findFirst());
    }
    assertFalse(text.contains("${"), text);
    assertTrue(text.contains(BruteForceKind.NAME), text);
    JsonReader.object(ok("version", "--json").out().stripTrailing());
  }

  @Test
  void demoDoesTheMainJobAndCleansUp() {
    Path directory = folder.resolve("demo");
    Run run =
        ok(
            "demo",
            "--dir",
            directory,
            "--kind",
            BruteForceKind.NAME,
            "--count",
            500,
            "--dimension",
            8,
            "--query-count",
            20);
    assertTrue(run.out().contains("recall@10"), run::toString);
    assertTrue(run.out().contains("All of it took"), run::toString);
    assertFalse(Files.exists(directory));
  }

  @Test
  void demoKeepsItsFilesWhenAskedAndSaysHowToGoOn() {
    Path directory = folder.resolve("kept-demo");
    Run run =
        ok(
            "demo",
            "--dir",
            directory,
            "--kind",
            BruteForceKind.NAME,
            "--count",
            300,
            "--dimension",
            8,
            "--query-count",
            10,
            "--keep");
    assertTrue(run.out().contains("omen eval " + directory.resolve("index")), run::toString);
    assertTrue(Files.exists(directory.resolve("index")));
  }

  private static Run ok(Object... arguments) {
    Run run = Run.omen(arguments);
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }
}
