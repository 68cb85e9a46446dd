package com.omendb.tools.eval;

import com.omendb.datasets.truth.GroundTruth;
import com.omendb.datasets.truth.RecallScorer;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;

/// Measures the recall of an index that may be damaged: searches go on without damaged pages, and
/// one that fails nevertheless counts as one that found nothing.
public final class RecallProbe {
  private final VectorSource queries;
  private final GroundTruth truth;
  private final int k;
  private final int searchListSize;
  private final OpenOptions options;

  /// A probe of some queries.
  ///
  /// @throws IllegalArgumentException if the truth is of other queries or of fewer neighbours
  public RecallProbe(
      VectorSource queries, GroundTruth truth, int k, int searchListSize, OpenOptions options) {
    truth.requireFits(queries.count(), k);
    this.queries = queries;
    this.truth = truth;
    this.k = k;
    this.searchListSize = searchListSize;
    this.options = options;
  }

  /// What the searches found.
  ///
  /// @param recall mean share of the exact neighbours found
  /// @param queryCount searches
  /// @param degradedCount searches that had to do without a page
  /// @param failedCount searches that failed
  public record Result(double recall, long queryCount, long degradedCount, long failedCount) {}

  /// Searches for all queries.
  ///
  /// @param name of the phase
  /// @throws IOException if the index cannot be opened
  public Result run(Path index, String name, Progress progress) throws IOException {
    RecallScorer scorer = new RecallScorer(truth, k);
    long hits = 0;
    long wanted = 0;
    long degraded = 0;
    long failed = 0;
    try (AnnIndex open = AnnIndex.open(index, options);
        Searcher searcher = open.newSearcher()) {
      progress.phase(name, queries.count());
      for (long query = 0; query < queries.count(); query++) {
        wanted += scorer.wanted(query);
        try {
          SearchResult result =
              searcher.search(
                  SearchRequest.builder(queries, query, k)
                      .searchListSize(searchListSize)
                      .degraded(true)
                      .build());
          degraded += result.stats().skippedPages() > 0 ? 1 : 0;
          hits += scorer.hits(query, result.ids(), result.distances());
        } catch (IOException _) {
          failed++;
        }
        progress.advance(1);
      }
    }
    return new Result(hits / (double) wanted, queries.count(), degraded, failed);
  }
}
