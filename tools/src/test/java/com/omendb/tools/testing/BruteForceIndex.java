package com.omendb.tools.testing;

import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.Searcher;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/// An index of [BruteForceKind].
final class BruteForceIndex implements AnnIndex {
  private record Neighbour(long id, float distance) {}

  private final IndexInfo info;
  private final Arena arena = Arena.ofShared();
  private final VectorSource vectors;
  private final AtomicBoolean closed = new AtomicBoolean();

  BruteForceIndex(IndexInfo info, Path file) throws IOException {
    this.info = info;
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      this.vectors =
          VectorSource.dense(segment, info.count(), info.dimension(), info.elementType());
    }
  }

  @Override
  public IndexInfo info() {
    return info;
  }

  @Override
  public Searcher newSearcher() {
    return new Searcher() {
      @Override
      public SearchResult search(SearchRequest request) {
        return BruteForceIndex.this.search(request);
      }

      @Override
      public List<SearchResult> searchBatch(List<SearchRequest> requests) {
        return BruteForceIndex.this.searchBatch(requests);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public List<SearchResult> searchBatch(List<SearchRequest> requests) {
    return requests.stream().map(this::search).toList();
  }

  @Override
  public SearchResult search(SearchRequest request) {
    if (closed.get()) {
      throw new IllegalStateException("the index is closed: directory=" + info.directory());
    }
    if (request.elementType() != info.elementType()
        || request.query().byteSize() != vectors.vectorBytes()) {
      throw new IllegalArgumentException(
          "the query does not fit the index: queryBytes="
              + request.query().byteSize()
              + ", elementType="
              + request.elementType().label()
              + ", indexElementType="
              + info.elementType().label()
              + ", dimension="
              + info.dimension());
    }
    long start = System.nanoTime();
    int listSize = request.searchListSize().orElse(1000);
    float[] query = queryElements(request);
    List<Neighbour> nearest =
        LongStream.range(0, info.count())
            .filter(row -> row < request.k() || isSeen(row, listSize))
            .mapToObj(row -> new Neighbour(row, distance(query, row)))
            .sorted(
                Comparator.comparingDouble(Neighbour::distance).thenComparingLong(Neighbour::id))
            .limit(request.k())
            .toList();
    float[] distances = new float[nearest.size()];
    for (int rank = 0; rank < distances.length; rank++) {
      distances[rank] = nearest.get(rank).distance();
    }
    return new SearchResult(
        nearest.stream().mapToLong(Neighbour::id).toArray(),
        distances,
        SearchStats.builder()
            .walk(3, listSize)
            .pages(2 * listSize, listSize, 0, 0, 8192L * listSize)
            .distances(0, (int) info.count())
            .nanos(0, System.nanoTime() - start)
            .build());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }

  private static boolean isSeen(long row, int listSize) {
    double share = 1 - 0.5 * Math.exp(-listSize / 40.0);
    long hash = row * 0x9E3779B97F4A7C15L;
    return (hash >>> 40) / (double) (1 << 24) < (listSize >= 500 ? 1 : share);
  }

  private float[] queryElements(SearchRequest request) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment copy = scratch.allocate(request.query().byteSize(), 4);
      copy.copyFrom(request.query());
      float[] elements = new float[info.dimension()];
      VectorSource.dense(copy, 1, info.dimension(), info.elementType()).copyRow(0, elements);
      return elements;
    }
  }

  private float distance(float[] query, long row) {
    double sum = 0;
    double queryNorm = 0;
    double rowNorm = 0;
    for (int column = 0; column < query.length; column++) {
      double a = query[column];
      double b = vectors.element(row, column);
      sum +=
          switch (info.metric()) {
            case SQUARED_L2 -> (a - b) * (a - b);
            case INNER_PRODUCT -> -a * b;
            case COSINE -> a * b;
          };
      queryNorm += a * a;
      rowNorm += b * b;
    }
    return (float)
        switch (info.metric()) {
          case SQUARED_L2, INNER_PRODUCT -> sum;
          case COSINE -> 1 - sum / Math.sqrt(queryNorm * rowNorm);
        };
  }
}
