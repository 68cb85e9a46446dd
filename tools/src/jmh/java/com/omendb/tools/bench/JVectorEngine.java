package com.omendb.tools.bench;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import io.github.jbellis.jvector.disk.RandomAccessReader;
import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.util.List;

/// A JVector index, mapped, searched as JVector's own benchmarks do: a walk by approximate scores,
/// then the best rerankK ranked by their full vectors. A [GraphSearcher] for each worker.
final class JVectorEngine implements Engine {
  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;

  /// Where the codes come from.
  enum Codes {
    /// From the graph's own records, beside the neighbours.
    FUSED,
    /// From an array in memory.
    PLAIN
  }

  private final ReaderSupplier readers;
  private final OnDiskGraphIndex index;
  private final Codes codes;
  private final PQVectors codesInMemory;
  private final List<VectorFloat<?>> queries;
  private final boolean wholeDistances;
  private final int k;

  /// @param queries vectors, copied
  JVectorEngine(JVectorFiles files, Codes codes, VectorSource queries, int k) throws IOException {
    this.codes = codes;
    this.readers = ReaderSupplierFactory.open(files.graph());
    this.index = OnDiskGraphIndex.load(readers);
    this.codesInMemory = codes == Codes.PLAIN ? loadCodes(files) : null;
    this.queries = JVectorFiles.floats(queries);
    this.wholeDistances = queries.elementType() != ElementType.FLOAT32;
    this.k = k;
    touchAllRecords();
  }

  /// The implementation of vector arithmetic that JVector chose on this machine.
  static String provider() {
    return VectorizationProvider.getInstance().getClass().getSimpleName();
  }

  private static PQVectors loadCodes(JVectorFiles files) throws IOException {
    try (ReaderSupplier readers = ReaderSupplierFactory.open(files.codes());
        RandomAccessReader reader = readers.get()) {
      return PQVectors.load(reader);
    }
  }

  /// Faults every page of the graph into this process, so that no measured search has to.
  private void touchAllRecords() throws IOException {
    try (OnDiskGraphIndex.View view = index.getView()) {
      int last = view.getIdUpperBound() - 1;
      for (int node = 0; node <= last; node++) {
        view.getVector(node);
        view.getNeighborsIterator(0, node);
      }
    }
  }

  @Override
  public String name() {
    return switch (codes) {
      case FUSED -> "jvector";
      case PLAIN -> "jvector-plain";
    };
  }

  @Override
  public Worker newWorker() {
    return new JVectorWorker(new GraphSearcher(index));
  }

  @Override
  public void close() throws IOException {
    index.close();
    readers.close();
  }

  private final class JVectorWorker implements Worker {
    private final GraphSearcher searcher;
    private final ImmutableGraphIndex.ScoringView view;
    private final Costs costs = new Costs();
    private SearchResult.NodeScore[] nodes;

    JVectorWorker(GraphSearcher searcher) {
      this.searcher = searcher;
      this.view = (ImmutableGraphIndex.ScoringView) searcher.getView();
    }

    @Override
    public int search(int query, Effort effort) {
      VectorFloat<?> vector = queries.get(query);
      ScoreFunction.ApproximateScoreFunction approximate =
          switch (codes) {
            case FUSED -> view.approximateScoreFunctionFor(vector, SIMILARITY);
            case PLAIN -> codesInMemory.precomputedScoreFunctionFor(vector, SIMILARITY);
          };
      SearchResult result =
          searcher.search(
              new DefaultSearchScoreProvider(approximate, view.rerankerFor(vector, SIMILARITY)),
              k,
              effort.listSize(),
              0,
              0,
              Bits.ALL);
      nodes = result.getNodes();
      costs.expanded += result.getExpandedCount();
      costs.approximateDistances += result.getVisitedCount();
      costs.exactDistances += result.getRerankedCount();
      return nodes.length;
    }

    @Override
    public long id(int rank) {
      return nodes[rank].node;
    }

    /// JVector's score is 1 / (1 + squared distance), which rounds: squared distances between
    /// vectors of whole numbers are whole.
    @Override
    public float distance(int rank) {
      double distance = 1.0 / nodes[rank].score - 1.0;
      return (float) (wholeDistances ? Math.rint(distance) : distance);
    }

    @Override
    public Costs costs() {
      return costs;
    }

    @Override
    public void close() throws IOException {
      searcher.close();
    }
  }
}
