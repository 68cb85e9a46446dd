package com.omendb.tools.bench;

import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.Searcher;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.nio.file.Path;

/// An OmenDB index, a [Searcher] for each worker.
final class OmenEngine implements Engine {
  private final AnnIndex index;
  private final VectorSource queries;
  private final int k;

  /// @param queries vectors of the index's type; must outlive the engine
  OmenEngine(Path directory, OpenOptions options, VectorSource queries, int k) throws IOException {
    this.index = AnnIndex.open(directory, options);
    this.queries = queries;
    this.k = k;
  }

  @Override
  public String name() {
    return "omen";
  }

  @Override
  public Worker newWorker() {
    return new OmenWorker(index.newSearcher());
  }

  @Override
  public void close() {
    index.close();
  }

  private final class OmenWorker implements Worker {
    private final Searcher searcher;
    private final Costs costs = new Costs();
    private SearchResult result;

    OmenWorker(Searcher searcher) {
      this.searcher = searcher;
    }

    @Override
    public int search(int query, Effort effort) throws IOException {
      result = searcher.search(effort.request(queries, query, k));
      SearchStats stats = result.stats();
      costs.expanded += stats.expanded();
      costs.approximateDistances += stats.approximateDistances();
      costs.exactDistances += stats.exactDistances();
      costs.pageReads += stats.pageReads();
      return result.count();
    }

    @Override
    public long id(int rank) {
      return result.id(rank);
    }

    @Override
    public float distance(int rank) {
      return result.distance(rank);
    }

    @Override
    public Costs costs() {
      return costs;
    }

    @Override
    public void close() {
      searcher.close();
    }
  }
}
