package com.omendb.datasets.truth;

import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.util.Arrays;
import java.util.Optional;

/// Compares a ground truth with the results of searches of an index. A search may miss neighbours,
/// but the distances that it returns are exact; so some results prove that the truth is not of this
/// index:
///
/// - a result that is nearer than the true neighbour of the same rank
/// - a true row whose distance is another than the truth's
/// - true rows whose distances do not ascend with their rank
/// - a row that the truth does not name and that is nearer than one that it names
///
/// Distances within a slack count as equal, so that an exact truth is never refused for its ties or
/// its rounding, be it of float32 sums in another order, of float64, or of lengths and inner
/// products. Immutable and thread-safe.
public final class TruthCheck {
  /// Share of a row's largest distance within which two distances count as equal.
  private static final double RELATIVE_SLACK = 1e-4;

  /// Share of a query's squared length that is added: a distance computed from lengths and inner
  /// products is a small difference of large sums.
  private static final double LENGTH_SLACK = 1e-5;

  private final GroundTruth truth;
  private final TruthReading reading;
  private final Metric metric;
  private final VectorSource queries;

  /// A check against one truth.
  ///
  /// @param truth exact neighbours of the queries
  /// @param reading how its numbers are meant
  /// @param metric metric of the index
  /// @param queries the query vectors
  public TruthCheck(GroundTruth truth, TruthReading reading, Metric metric, VectorSource queries) {
    this.truth = truth;
    this.reading = reading;
    this.metric = metric;
    this.queries = queries;
  }

  /// What a query's results say of the truth.
  ///
  /// @param hits results that the truth names
  /// @param contradiction how they prove it wrong; empty if they do not
  public record Verdict(int hits, Optional<String> contradiction) {}

  /// Requires that every row of a truth is one of an index, named once, before any empty place.
  ///
  /// @param reading how its numbers are meant
  /// @param idRange ids of the index: 0 to below this
  /// @param truth the ground truth to check
  /// @throws WrongTruthException naming the first place that is wrong
  public static void requireRows(GroundTruth truth, TruthReading reading, long idRange) {
    int[] rows = new int[truth.k()];
    for (long query = 0; query < truth.queryCount(); query++) {
      int count = truth.count(query);
      for (int rank = 0; rank < count; rank++) {
        rows[rank] = reading.row(truth.id(query, rank));
        if (rows[rank] < 0 || rows[rank] >= idRange) {
          throw new WrongTruthException(
              ("the ground truth names a row that the index does not have:"
                      + " query=%d, rank=%d, row=%d, rows of the index=%d")
                  .formatted(query, rank, truth.id(query, rank), idRange));
        }
      }
      Arrays.sort(rows, 0, count);
      for (int i = 1; i < count; i++) {
        if (rows[i] == rows[i - 1]) {
          throw new WrongTruthException(
              "the ground truth names a row twice: query=%d, row=%d"
                  .formatted(query, rows[i] + reading.firstRow()));
        }
      }
    }
  }

  /// Compares the results of one query with the truth in every respect.
  ///
  /// @param ids returned row numbers, nearest first
  /// @param distances their exact distances
  /// @param query row of the query, from 0
  /// @return the true neighbours found, and a contradiction if there is one
  public Verdict judge(long query, long[] ids, float[] distances) {
    long[] ranks = ranksById(query);
    double slack = slack(query, distances);
    int hits = 0;
    Optional<String> wrong = nearerByRank(query, distances);
    // Of the results that are nearer than the one looked at, beyond the slack:
    int nearer = 0;
    int highestRank = -1;
    int unnamed = -1;
    for (int i = 0; i < ids.length; i++) {
      int rank = rankOf(ranks, ids[i]);
      if (rank < 0) {
        continue;
      }
      hits++;
      for (; distances[nearer] < distances[i] - slack; nearer++) {
        int nearerRank = rankOf(ranks, ids[nearer]);
        highestRank = Math.max(highestRank, nearerRank);
        unnamed = nearerRank < 0 ? nearer : unnamed;
      }
      if (wrong.isEmpty()) {
        wrong = contradiction(query, rank, ids, distances, i, slack, highestRank, unnamed);
      }
    }
    return new Verdict(hits, wrong);
  }

  private Optional<String> contradiction(
      long query,
      int rank,
      long[] ids,
      float[] distances,
      int at,
      double slack,
      int highestRank,
      int unnamed) {
    String place =
        "query=%d, row=%d, distance=%s, rank in the truth=%d"
            .formatted(query, ids[at], distances[at], rank);
    if (truth.hasDistances()) {
      float expected = distance(query, rank);
      double difference = Math.abs((double) distances[at] - expected);
      // Written so that a distance that is no number proves nothing.
      if (difference > slack + RELATIVE_SLACK * Math.abs(expected)) {
        return Optional.of(
            "a true row has another distance: " + place + ", distance in the truth=" + expected);
      }
    }
    if (highestRank > rank) {
      return Optional.of(
          "a true row is farther than one that comes after it in the truth: "
              + place
              + ", rank of the other="
              + highestRank);
    }
    if (unnamed >= 0) {
      return Optional.of(
          ("a row that the truth does not name is nearer than one that it names:"
                  + " %s, row of the other=%d, its distance=%s")
              .formatted(place, ids[unnamed], distances[unnamed]));
    }
    return Optional.empty();
  }

  /// Requires that no result of a query is nearer than the true neighbour of the same rank. This
  /// takes next to no time.
  ///
  /// @param distances of distinct rows, ascending
  /// @param query row of the query, from 0
  /// @throws WrongTruthException if one is
  public void requireNoneNearer(long query, float[] distances) {
    nearerByRank(query, distances)
        .ifPresent(
            wrong -> {
              throw new WrongTruthException("the ground truth is not of this index: " + wrong);
            });
  }

  private Optional<String> nearerByRank(long query, float[] distances) {
    if (!truth.hasDistances()) {
      return Optional.empty();
    }
    int ranks = Math.min(distances.length, truth.k());
    for (int rank = 0; rank < ranks; rank++) {
      float expected = distance(query, rank);
      if (distances[rank] < expected
          && distances[rank]
              < expected - RELATIVE_SLACK * Math.abs(expected) - slack(query, distances)
          && rank < truth.count(query)) {
        return Optional.of(
            ("a search found a nearer neighbour:"
                    + " query=%d, rank=%d, distance=%s, distance in the truth=%s")
                .formatted(query, rank, distances[rank], expected));
      }
    }
    return Optional.empty();
  }

  private float distance(long query, int rank) {
    return reading.scale().distance(truth.distance(query, rank));
  }

  private double slack(long query, float[] distances) {
    double largest = 0;
    for (float distance : distances) {
      largest = Math.max(largest, Math.abs(distance));
    }
    return RELATIVE_SLACK * largest + LENGTH_SLACK * squaredLength(query);
  }

  /// Of a query; 1 where distances do not depend on lengths.
  private double squaredLength(long query) {
    if (metric == Metric.COSINE) {
      return 1;
    }
    double sum = 0;
    for (int column = 0; column < queries.dimension(); column++) {
      double element = queries.element(query, column);
      sum += element * element;
    }
    return sum;
  }

  /// The true rows of a query in ascending order, each with its rank in the lower half of a long.
  private long[] ranksById(long query) {
    long[] ranks = new long[truth.count(query)];
    for (int rank = 0; rank < ranks.length; rank++) {
      ranks[rank] = ((long) reading.row(truth.id(query, rank)) << Integer.SIZE) | rank;
    }
    Arrays.sort(ranks);
    return ranks;
  }

  private static int rankOf(long[] ranks, long id) {
    int at = Arrays.binarySearch(ranks, id << Integer.SIZE);
    int place = at < 0 ? -at - 1 : at;
    boolean found = place < ranks.length && ranks[place] >> Integer.SIZE == id;
    return found ? (int) ranks[place] : -1;
  }
}
