package com.omendb.tools.hard;

import java.util.Locale;

/// An index beside a reference, by the same queries with the same effort.
///
/// @param gap recall of the reference less that of the index
/// @param gapError standard error of the gap, from the differences query by query
/// @param lost queries of which the index found no neighbour and the reference at least half
/// @param won queries of which it is the other way round
public record Comparison(int listSize, double gap, double gapError, int lost, int won) {
  /// The recall by which an index may be worse.
  public static final double GAP_ALLOWED = 0.005;

  /// Standard errors by which a gap must exceed what is allowed before it is believed.
  private static final double SURE_ERRORS = 2;

  /// Compares.
  public static Comparison of(Answers index, Answers reference) {
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
    return new Comparison(index.listSize(), gap, Math.sqrt(variance / queries), lost, won);
  }

  /// Whether the index is worse than allowed, by these queries.
  public boolean worse() {
    return gap > GAP_ALLOWED || lost > 0;
  }

  /// Whether the index is worse than allowed by more than the choice of the queries explains.
  public boolean surelyWorse() {
    return gap - SURE_ERRORS * gapError > GAP_ALLOWED || lost > 0;
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
