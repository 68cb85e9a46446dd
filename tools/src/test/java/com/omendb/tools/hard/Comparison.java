package com.omendb.tools.hard;

import java.util.List;
import java.util.Locale;

/// An index beside a reference, by the same queries with the same effort.
///
/// An index whose neighbours share pages reads fewer of them with a list of equal length. Where it
/// does, and finds as much as the reference with a longer list for no more reads, it is not worse.
///
/// @param gap recall of the reference less that of the index
/// @param gapError standard error of the gap, from the differences query by query
/// @param lost queries of which the index found no neighbour and the reference at least half
/// @param won queries of which it is the other way round
/// @param asGoodForItsReads whether it reads fewer pages than the reference and, with longer lists,
///   finds as much for as many
public record Comparison(
    int listSize, double gap, double gapError, int lost, int won, boolean asGoodForItsReads) {
  /// The recall by which an index may be worse.
  public static final double GAP_ALLOWED = 0.005;

  /// Standard errors by which a gap must exceed what is allowed before it is believed.
  private static final double SURE_ERRORS = 2;

  /// Compares.
  ///
  /// @param answers of the index, by ascending length of list
  /// @param at which of them to compare
  /// @param reference with a list of the same length
  public static Comparison of(List<Answers> answers, int at, Answers reference) {
    Answers index = answers.get(at);
    int queries = index.queryCount();
    int k = index.k();
    double sum = 0;
    double squares = 0;
    int lost = 0;
    int won = 0;
    for (int query = 0; query < queries; query++) {
      int found = index.hits(query);
      int expected = reference.hits(query);
      double difference = (expected - found) / (double) k;
      sum += difference;
      squares += difference * difference;
      if (found == 0 && 2 * expected >= k) {
        lost++;
      }
      if (expected == 0 && 2 * found >= k) {
        won++;
      }
    }
    double gap = sum / queries;
    double variance = Math.max(0, squares / queries - gap * gap);
    return new Comparison(
        index.listSize(),
        gap,
        Math.sqrt(variance / queries),
        lost,
        won,
        index.pageReads() < reference.pageReads()
            && reference.recall() - recallAt(reference.pageReads(), answers, at) <= GAP_ALLOWED);
  }

  // The recall at some page reads, on straight lines between lengths of list from one on.
  private static double recallAt(double pageReads, List<Answers> answers, int from) {
    int at = from;
    while (at + 1 < answers.size() && answers.get(at + 1).pageReads() <= pageReads) {
      at++;
    }
    Answers fewer = answers.get(at);
    if (at + 1 == answers.size()) {
      return fewer.recall();
    }
    Answers more = answers.get(at + 1);
    double part = (pageReads - fewer.pageReads()) / (more.pageReads() - fewer.pageReads());
    return fewer.recall() + part * (more.recall() - fewer.recall());
  }

  /// Whether the index is worse than allowed, by these queries.
  public boolean worse() {
    return (gap > GAP_ALLOWED && !asGoodForItsReads) || lost > 0;
  }

  /// Whether the index is worse than allowed by more than the choice of the queries explains.
  public boolean surelyWorse() {
    return (gap - SURE_ERRORS * gapError > GAP_ALLOWED && !asGoodForItsReads) || lost > 0;
  }

  /// Such as `L=20 1.5+-0.3! lost 3 (won 0)`: gap and standard error in points, `!` if surely
  /// worse.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "L=%d %.1f+-%.1f%s%s",
        listSize,
        100 * gap,
        100 * gapError,
        surelyWorse() ? "!" : "",
        lost > 0 ? " lost " + lost + " (won " + won + ")" : "");
  }
}
