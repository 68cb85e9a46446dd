package com.omendb.tools.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// How corruptions of one kind came out, by file and region.
final class Tally {
  private final Map<String, Row> rows = new TreeMap<>();
  private final Row total = new Row();

  /// Counts of one file and region.
  static final class Row {
    int corruptions;
    int detected;
    int named;
    int refusedByOpen;
    int refusedBySearch;
    int unchanged;
    int wrongDistances;
    int otherAnswers;
  }

  /// What became of one corruption.
  ///
  /// @param detected whether a full check found damage
  /// @param named whether that was in the file that was corrupted
  /// @param refusedByOpen whether opening failed with a typed exception
  /// @param refusedBySearch whether a search failed with a typed exception
  /// @param wrongDistances distances that are not those of the vectors
  /// @param otherAnswers whether a search found other neighbours than before
  record Outcome(
      boolean detected,
      boolean named,
      boolean refusedByOpen,
      boolean refusedBySearch,
      int wrongDistances,
      boolean otherAnswers) {}

  void add(String file, Region region, boolean isPage, Outcome outcome) {
    String unit = isPage ? "page" : "byte";
    String key = String.join("\t", file, isPage ? "any" : region.label(), unit);
    count(rows.computeIfAbsent(key, _ -> new Row()), outcome);
    count(total, outcome);
  }

  Row total() {
    return total;
  }

  private static void count(Row row, Outcome outcome) {
    row.corruptions++;
    row.detected += outcome.detected() ? 1 : 0;
    row.named += outcome.named() ? 1 : 0;
    row.refusedByOpen += outcome.refusedByOpen() ? 1 : 0;
    row.refusedBySearch += outcome.refusedBySearch() ? 1 : 0;
    boolean refused = outcome.refusedByOpen() || outcome.refusedBySearch();
    row.unchanged += refused || outcome.otherAnswers() ? 0 : 1;
    row.wrongDistances += outcome.wrongDistances();
    row.otherAnswers += outcome.otherAnswers() ? 1 : 0;
  }

  /// The table.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "file",
            "bytes that were hit",
            "unit",
            "trials",
            "detected",
            "named",
            "open",
            "search",
            "unchanged",
            "wrong",
            "other"));
    rows.forEach(
        (key, row) -> {
          String[] names = key.split("\t", -1);
          lines.add(line(names[0], names[1], names[2], row));
        });
    lines.add(line("all", "", "", total));
    return lines;
  }

  private static String line(String file, String region, String unit, Row row) {
    return line(
        file,
        region,
        unit,
        row.corruptions,
        row.detected,
        row.named,
        row.refusedByOpen,
        row.refusedBySearch,
        row.unchanged,
        row.wrongDistances,
        row.otherAnswers);
  }

  private static String line(Object... cells) {
    return String.format(Locale.ROOT, "%-18s %-30s %-5s %7s %9s %7s %8s %8s %9s %8s %8s", cells);
  }
}
