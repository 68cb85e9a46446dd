package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// More neighbours wanted than there are vectors. Invariant: every vector is found, once, nearest
/// first, whatever the kind of index, its residency and the request.
@Timeout(120)
class FewVectorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "hybrid, 1",
    "hybrid, 2",
    "hybrid, 7",
    "hybrid, 90",
    "diskann, 1",
    "diskann, 2",
    "diskann, 90"
  })
  void allVectorsAreFoundWhereMoreAreWanted(String kind, int count) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(count, 16, ElementType.UINT8, 85, arena);
      Path directory = folder.resolve("index");
      TestIndexes.build(base, directory, TestIndexes.quickBuild(kind, Metric.SQUARED_L2));
      long[] all = LongStream.range(0, count).toArray();
      for (Residency residency : Residency.values()) {
        try (AnnIndex index =
            AnnIndex.open(
                directory,
                TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build())) {
          for (int k : new int[] {count, count + 1, 100, SearchRequest.MAX_SEARCH_LIST_SIZE}) {
            SearchRequest request = SearchRequest.of(base, 0, k);
            for (SearchRequest variant :
                List.of(
                    request,
                    request.toBuilder().degraded(true).build(),
                    request.toBuilder().maxPageReads(count).build(),
                    request.toBuilder()
                        .searchListSize(SearchRequest.MAX_SEARCH_LIST_SIZE)
                        .build())) {
              assertAll(all, index.search(variant));
              try (Searcher searcher = index.newSearcher()) {
                assertAll(all, searcher.search(variant));
                searcher.searchBatch(List.of(variant, variant)).forEach(r -> assertAll(all, r));
              }
            }
          }
        }
      }
    }
  }

  private static void assertAll(long[] all, SearchResult result) {
    long[] ids = result.ids();
    float[] distances = result.distances();
    Arrays.sort(ids);
    assertArrayEquals(all, ids);
    float[] sorted = distances.clone();
    Arrays.sort(sorted);
    assertArrayEquals(sorted, distances);
    assertEquals(0f, distances[0]);
  }
}
