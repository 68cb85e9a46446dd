package com.omendb.tools.bench;

import com.omendb.store.BuildMethod;
import com.omendb.store.Residency;
import com.omendb.tools.hard.Answers;
import com.omendb.tools.hard.Comparison;
import com.omendb.tools.hard.HardTrial;
import com.omendb.vectors.testing.hard.HardFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Prints what became of hard families, line by line as it is known, and at the end what was worse
/// than allowed. Not thread-safe.
final class HardReport {
  private final boolean withNotes;
  private final List<HardTrial.Outcome> outcomes = new ArrayList<>();
  private final List<String> verdict = new ArrayList<>();
  private final StringBuilder table = new StringBuilder();
  private int compared;

  /// @param withNotes whether to print what builds say about themselves
  HardReport(boolean withNotes) {
    this.withNotes = withNotes;
    System.out.println(
        "family, vectors, method, residency: recall; queries that found nothing; pages a query;"
            + " each by length of list; seconds of the build");
    table.append(
        "| Family | Vectors | In memory | Leaf | Vamana | Gap | Lost | Pages | Build s |\n");
    table.append("|---|---|---|---|---|---|---|---|---|\n");
  }

  /// One method in one residency.
  void add(HardFamily family, int size, HardTrial.Outcome outcome) {
    outcomes.add(outcome);
    System.out.printf(
        "%-42s %7d %-6s %-6s  %s  zero %-12s pages %-22s %7.2f s%n",
        family.name(),
        size,
        outcome.method().name().toLowerCase(Locale.ROOT),
        outcome.residency().label(),
        recalls(outcome),
        joined(outcome, answers -> String.valueOf(answers.zeros())),
        pages(outcome),
        outcome.index().buildSeconds());
    if (withNotes && outcome.residency() == outcomes.getFirst().residency()) {
      outcome.index().notes().forEach(note -> System.out.println("    " + note));
    }
  }

  /// All of a family, after its outcomes.
  void add(HardFamily family, int size, Map<Residency, List<Comparison>> comparisons) {
    comparisons.forEach(
        (residency, byList) -> {
          compared++;
          addRow(family, size, residency, byList);
          List<Comparison> worse = byList.stream().filter(Comparison::worse).toList();
          if (!worse.isEmpty()) {
            String where =
                String.format("%-42s %7d %-6s  ", family.name(), size, residency.label());
            verdict.add(
                where + worse.stream().map(Comparison::toString).collect(Collectors.joining("; ")));
            System.out.println("  WORSE  " + verdict.getLast());
          }
        });
    outcomes.clear();
  }

  /// A family that could not be tried.
  void addFailure(HardFamily family, int size, Exception e) {
    verdict.add(String.format("%-42s %7d %s", family.name(), size, e));
    System.out.println("  FAILED " + verdict.getLast());
    outcomes.clear();
  }

  /// Prints what was worse than allowed.
  ///
  /// @return whether nothing was
  boolean printVerdict() {
    System.out.printf(
        "%n%d of %d comparisons worse than %.1f points or with queries that only Vamana answers"
            + " (gap in points +- standard error; ! beyond two of them)%n",
        verdict.size(), compared, 100 * Comparison.GAP_ALLOWED);
    verdict.forEach(System.out::println);
    return verdict.isEmpty();
  }

  /// The table of a decision record, a row for each family, size and residency.
  String markdown() {
    return table.toString();
  }

  private void addRow(
      HardFamily family, int size, Residency residency, List<Comparison> comparisons) {
    HardTrial.Outcome leaf = outcome(BuildMethod.LEAF, residency);
    HardTrial.Outcome vamana = outcome(BuildMethod.VAMANA, residency);
    table.append(
        String.format(
            "| %s | %,d | %s | %s | %s | %+.1f | %d | %s, %s | %.1f, %.1f |%n",
            family.name(),
            size,
            residency.label(),
            recalls(leaf),
            recalls(vamana),
            100 * comparisons.stream().mapToDouble(Comparison::gap).max().orElse(0),
            comparisons.stream().mapToInt(Comparison::lost).max().orElse(0),
            pages(leaf),
            pages(vamana),
            leaf.index().buildSeconds(),
            vamana.index().buildSeconds()));
  }

  private HardTrial.Outcome outcome(BuildMethod method, Residency residency) {
    return outcomes.stream()
        .filter(outcome -> outcome.method() == method && outcome.residency() == residency)
        .findFirst()
        .orElseThrow();
  }

  private static String recalls(HardTrial.Outcome outcome) {
    return joined(outcome, answers -> String.format("%.3f", answers.recall()));
  }

  private static String pages(HardTrial.Outcome outcome) {
    return joined(outcome, answers -> String.format("%.1f", answers.pageReads()));
  }

  private static String joined(HardTrial.Outcome outcome, Function<Answers, String> cell) {
    return outcome.answers().stream().map(cell).collect(Collectors.joining(" "));
  }
}
