package com.omendb.tools.hard;

import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.Searcher;
import com.omendb.vectors.Progress;
import com.omendb.vectors.testing.hard.HardVectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An index of hard vectors that answers their queries.
///
/// @param directory where it lies
/// @param vectors what it was built from
/// @param buildSeconds what the build took
/// @param notes what the build said about itself
public record HardIndex(
    Path directory, HardVectors vectors, double buildSeconds, List<String> notes) {

  /// Builds an index.
  public static HardIndex build(HardVectors vectors, Path directory, BuildOptions options)
      throws IOException {
    List<String> notes = new ArrayList<>();
    long start = System.nanoTime();
    AnnIndex.build(vectors.base(), directory, options, notesInto(notes));
    double seconds = (System.nanoTime() - start) / 1e9;
    return new HardIndex(directory, vectors, seconds, List.copyOf(notes));
  }

  /// Answers all queries once for each length of list, with the smallest budget that this residency
  /// works with.
  List<Answers> answers(Residency residency, List<Integer> listSizes, ExactNeighbours truth)
      throws IOException {
    List<Answers> answers = new ArrayList<>();
    try (AnnIndex index = openSmallest(residency);
        Searcher searcher = index.newSearcher()) {
      for (int listSize : listSizes) {
        answers.add(answers(searcher, listSize, truth));
      }
    }
    return answers;
  }

  private Answers answers(Searcher searcher, int listSize, ExactNeighbours truth)
      throws IOException {
    int[] hits = new int[truth.queryCount()];
    long pages = 0;
    for (int query = 0; query < hits.length; query++) {
      SearchResult result =
          searcher.search(
              SearchRequest.builder(vectors.queries(), query, truth.k())
                  .searchListSize(listSize)
                  .build());
      hits[query] = truth.hits(query, result);
      SearchStats stats = result.stats();
      pages += stats.pageReads() + stats.cacheHits();
    }
    return new Answers(listSize, truth.k(), hits, pages / (double) hits.length);
  }

  private AnnIndex openSmallest(Residency residency) throws IOException {
    OpenOptions options =
        OpenOptions.builder()
            .maxSearchers(1)
            .memoryBudgetBytes(1)
            .tuning(t -> t.residency(residency))
            .build();
    Optional<Long> smallest = Optional.empty();
    try {
      AnnIndex.open(directory, options).close();
    } catch (MemoryBudgetException e) {
      smallest = Optional.of(e.smallestBudgetBytes());
    }
    return AnnIndex.open(
        directory, options.toBuilder().memoryBudgetBytes(smallest.orElseThrow()).build());
  }

  private static Progress notesInto(List<String> notes) {
    return new Progress() {
      @Override
      public void phase(String name, long totalUnits) {}

      @Override
      public void advance(long units) {}

      @Override
      public synchronized void note(String message) {
        notes.add(message);
      }
    };
  }
}
