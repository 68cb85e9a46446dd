package com.omendb.tools.eval;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.TruthCheck;
import com.omendb.datasets.truth.TruthReading;
import com.omendb.datasets.truth.WrongTruthException;
import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds out, before anything is measured, whether a ground truth is of an index, and how its
/// numbers are to be understood: a few hundred queries are searched thoroughly, and each known
/// reading of the truth is held against their results.
public final class TruthTrial {
  private static final int MAX_QUERIES = 500;

  /// Results of a search: more of them meet more true rows.
  private static final int MAX_RESULTS = 100;

  /// Candidates for each result, so that most true rows are found.
  private static final int LIST_FACTOR = 2;

  /// Share of the true rows that a truth with shifted row numbers must meet once they are put
  /// right.
  private static final double SHIFT_HITS = 0.5;

  private final VectorSource queries;
  private final GroundTruth truth;
  private final int k;

  /// A trial.
  ///
  /// @param k neighbours that recall will be measured with
  /// @throws IllegalArgumentException if the truth is of another number of queries or has fewer
  ///   than k neighbours
  public TruthTrial(VectorSource queries, GroundTruth truth, int k) {
    truth.requireFits(queries.count(), k);
    this.queries = queries;
    this.truth = truth;
    this.k = k;
  }

  /// What the trial found.
  ///
  /// @param truth the truth, its numbers put right
  /// @param notes what a person should know of it; empty if there is nothing
  public record Outcome(GroundTruth truth, List<String> notes) {
    /// Copies the list.
    public Outcome {
      notes = List.copyOf(notes);
    }
  }

  /// What the results of all queries say of one reading.
  private static final class Tally {
    private final TruthReading reading;
    private int hits;
    private int contradictions;
    private @Nullable String firstContradiction;

    private Tally(TruthReading reading) {
      this.reading = reading;
    }

    private void add(TruthCheck.Verdict verdict) {
      hits += verdict.hits();
      if (verdict.contradiction().isPresent()) {
        contradictions++;
        if (firstContradiction == null) {
          firstContradiction = verdict.contradiction().get();
        }
      }
    }
  }

  /// Searches and judges.
  ///
  /// @throws WrongTruthException if the truth cannot be of this index, with what proves it
  /// @throws IOException if the index cannot be read
  public Outcome run(AnnIndex index, Progress progress) throws IOException {
    try (Searcher searcher = index.newSearcher()) {
      IndexInfo info = index.info();
      long idRange = info.idRange();
      List<Tally> tallies = possible(info, idRange);
      long tried = Math.min(MAX_QUERIES, queries.count());
      long trueRows = 0;
      progress.phase("compare the ground truth", tried);
      for (long position = 0; position < tried; position++) {
        long query = position * queries.count() / tried;
        SearchResult result = searcher.search(request(query));
        trueRows += Math.min(result.count(), truth.count(query));
        for (Tally tally : tallies) {
          tally.add(
              new TruthCheck(truth, tally.reading, info.metric(), queries)
                  .judge(query, result.ids(), result.distances()));
        }
        progress.advance(1);
      }
      Tally best = best(tallies, trueRows, tried);
      return new Outcome(best.reading.applyTo(truth), notes(best, tried));
    }
  }

  /// The readings whose rows are all of the index.
  ///
  /// @throws WrongTruthException if there are none: what is wrong if the truth is read as it is
  private List<Tally> possible(IndexInfo info, long idRange) {
    List<Tally> tallies = new ArrayList<>();
    @Nullable WrongTruthException failure = null;
    for (TruthReading reading : TruthReading.known(info.metric())) {
      // Another scale makes no difference where there are no distances.
      if (!truth.hasDistances() && reading.scale() != TruthReading.Scale.SAME) {
        continue;
      }
      try {
        TruthCheck.requireRows(truth, reading, idRange);
        tallies.add(new Tally(reading));
      } catch (WrongTruthException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (tallies.isEmpty() && failure != null) {
      throw failure;
    }
    return tallies;
  }

  private SearchRequest request(long query) {
    int results = Math.max(k, Math.min(MAX_RESULTS, truth.k()));
    int listSize = Math.min(SearchRequest.MAX_SEARCH_LIST_SIZE, LIST_FACTOR * results);
    return SearchRequest.builder(queries, query, results)
        .searchListSize(listSize)
        .degraded(true)
        .build();
  }

  private static Tally best(List<Tally> tallies, long trueRows, long tried) {
    Optional<Tally> best = Optional.empty();
    for (Tally tally : tallies) {
      boolean shifted = tally.reading.firstRow() != 0;
      if (tally.contradictions > 0 || (shifted && tally.hits < SHIFT_HITS * trueRows)) {
        continue;
      }
      if (best.isEmpty() || tally.hits > best.get().hits) {
        best = Optional.of(tally);
      }
    }
    if (best.isPresent()) {
      return best.get();
    }
    Tally first = tallies.getFirst();
    throw new WrongTruthException(
        "the ground truth is not of this index (other vectors, a part of them, or another metric?);"
            + " %d of %d queries contradict it, the first: %s"
                .formatted(first.contradictions, tried, first.firstContradiction));
  }

  private List<String> notes(Tally best, long tried) {
    List<String> notes = new ArrayList<>(best.reading.notes());
    long padded = 0;
    for (long query = 0; query < truth.queryCount(); query++) {
      padded += truth.count(query) < k ? 1 : 0;
    }
    if (padded > 0) {
      notes.add(
          "the ground truth has fewer than k true rows (the rest is -1) for some queries; recall is"
              + " the share of those that it has: queries=%d, k=%d".formatted(padded, k));
    }
    if (best.hits == 0) {
      notes.add(
          "thorough searches found none of the true rows, so that nothing shows whether the ground"
              + " truth is of this index; omen eval --base computes it anew: searches=%d"
                  .formatted(tried));
    }
    return notes;
  }
}
