package com.omendb.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.tools.testing.Fixture;
import com.omendb.tools.testing.JsonReader;
import com.omendb.tools.testing.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `omen eval` from end to end:
///
/// - its JSON keys are exactly those that readers of the reports rely on, in their order
/// - figures a query are means over every query, recall included
/// - without sizes it sweeps from a recall of about 0.8 to 0.999 in ten steps or more
final class EvalCommandTest {
  private static final List<String> CONTRACT =
      List.of(
          "setting",
          "threads",
          "recallAt10",
          "qps",
          "latencyMicrosMean",
          "latencyMicrosP50",
          "latencyMicrosP99",
          "pageReadsPerQuery",
          "roundsPerQuery",
          "cacheHitsPerQuery",
          "memoryBudgetBytes",
          "peakResidentBytes");

  @TempDir private static Path folder;

  private static Fixture fixture;

  @BeforeAll
  static void makeFixture() {
    fixture = Fixture.create(folder);
  }

  @Test
  void rowsHaveExactlyTheKeysOfTheContract() {
    List<Map<String, String>> rows = evalJson("--search-list-size", "20,600", "--warm", 5);
    assertEquals(2, rows.size());
    Map<String, String> row = rows.getFirst();
    assertEquals(CONTRACT, List.copyOf(row.keySet()).subList(0, CONTRACT.size()));
    assertEquals(
        "{\"searchListSize\":20,\"beamWidth\":0,\"gainThreshold\":-1,\"maxPageReads\":0}",
        row.get("setting"));
    assertEquals(2, JsonReader.number(row, "threads"));
    assertEquals(64_000_000, JsonReader.number(row, "memoryBudgetBytes"));
    assertEquals(Fixture.QUERY_COUNT, JsonReader.number(row, "queryCount"));
  }

  @Test
  void figuresAreMeansOverEveryQuery() {
    Map<String, String> row = evalJson("--search-list-size", "50", "--warm", 0).getFirst();
    assertEquals(100, JsonReader.number(row, "pageReadsPerQuery"));
    assertEquals(3, JsonReader.number(row, "roundsPerQuery"));
    assertEquals(50, JsonReader.number(row, "cacheHitsPerQuery"));
    assertTrue(JsonReader.number(row, "qps") > 0);
    assertTrue(
        JsonReader.number(row, "latencyMicrosP50") <= JsonReader.number(row, "latencyMicrosP99"));
  }

  @Test
  void anExactSearchHasRecallOne() {
    assertEquals(
        1,
        JsonReader.number(
            evalJson("--search-list-size", "1000", "--warm", 0).getFirst(), "recallAt10"));
  }

  @Test
  void sweepRunsFromLowToHighRecallInTenStepsOrMore() {
    List<Map<String, String>> rows = evalJson("--warm", 0);
    assertTrue(rows.size() >= 10, () -> "rows=" + rows.size());
    double first = JsonReader.number(rows.getFirst(), "recallAt10");
    assertTrue(first > 0.6 && first <= 0.85, () -> "first=" + first);
    assertTrue(JsonReader.number(rows.getLast(), "recallAt10") >= 0.999);
  }

  @Test
  void tableHasARowASetting() {
    Run run = eval("--search-list-size", "20,30,50", "--warm", 5, "--keep-cache");
    List<String> lines = run.out().lines().toList();
    assertEquals(4, lines.size(), run::toString);
    assertTrue(lines.getFirst().contains("recall@10"), run::toString);
    assertEquals(1, lines.stream().map(String::length).distinct().count(), run::toString);
  }

  @Test
  void theKeyOfRecallFollowsK() {
    assertTrue(
        evalJson("--search-list-size", "20", "--k", 5, "--warm", 0)
            .getFirst()
            .containsKey("recallAt5"));
  }

  @Test
  void theBaseStandsInForMissingGroundTruth() {
    Run run =
        Run.omen(
            "eval",
            fixture.index(),
            "--queries",
            fixture.queries(),
            "--base",
            fixture.base(),
            "--search-list-size",
            "1000",
            "--warm",
            0,
            "--json");
    assertEquals(0, run.exitCode(), run::toString);
    assertEquals(1, JsonReader.number(JsonReader.object(run.out().stripTrailing()), "recallAt10"));
  }

  @Test
  void groundTruthWithoutDistancesServesToo() throws Exception {
    Path truth = folder.resolve("ids-only.ibin");
    Files.copy(fixture.truth(), truth);
    for (List<Object> base : List.<List<Object>>of(List.of(), List.of("--base", fixture.base()))) {
      List<Object> arguments =
          new ArrayList<>(
              List.of(
                  "eval",
                  fixture.index(),
                  "--queries",
                  fixture.queries(),
                  "--truth",
                  truth,
                  "--search-list-size",
                  "1000",
                  "--warm",
                  0,
                  "--json"));
      arguments.addAll(base);
      Run run = Run.omen(arguments.toArray());
      assertEquals(0, run.exitCode(), run::toString);
      assertTrue(run.out().contains("\"recallAt10\":1,"), run::toString);
    }
  }

  private static List<Map<String, String>> evalJson(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of(more));
    arguments.add("--json");
    Run run = eval(arguments.toArray());
    assertEquals("", run.err());
    return run.out().lines().map(JsonReader::object).toList();
  }

  private static Run eval(Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "eval",
                fixture.index(),
                "--queries",
                fixture.queries(),
                "--truth",
                fixture.truth(),
                "--threads",
                2,
                "--memory",
                "64MB"));
    arguments.addAll(List.of(more));
    Run run = Run.omen(arguments.toArray());
    assertEquals(0, run.exitCode(), run::toString);
    return run;
  }
}
