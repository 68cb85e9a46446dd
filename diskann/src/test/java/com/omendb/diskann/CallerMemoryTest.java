package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.Searcher;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Memory of a caller, whatever arena it lies in, is read while its thread is in a call and not
/// after that. Invariants: searches of many callers give what each gives alone, though every caller
/// writes over its query as soon as it has the result; a build takes vectors of a confined arena;
/// memory that the calling thread may not read is refused with a typed error.
@Timeout(120)
class CallerMemoryTest {
  private static final int COUNT = 1_500;
  private static final int DIMENSION = 16;
  private static final int QUERIES = 40;
  private static final int K = 5;

  @TempDir static Path folder;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static Path directory = Path.of("");

  @BeforeAll
  static void build() throws Exception {
    long seed = Seeds.seed("CallerMemoryTest", 81);
    base = TestIndexes.clustered(COUNT, DIMENSION, ElementType.FLOAT32, seed, ARENA);
    directory = folder.resolve("index");
    TestIndexes.build(base, directory, buildOptions());
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private static BuildOptions buildOptions() {
    return TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
        .tuning(t -> t.codes("pq:4"))
        .build();
  }

  /// One searcher and as little memory as works, so that callers wait for each other.
  private static AnnIndex open(Residency residency) throws Exception {
    OpenOptions options =
        TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build();
    MemoryBudgetException refusal =
        assertThrows(
            MemoryBudgetException.class,
            () -> AnnIndex.open(directory, options.toBuilder().memoryBudgetBytes(1).build()));
    return AnnIndex.open(
        directory, options.toBuilder().memoryBudgetBytes(refusal.smallestBudgetBytes()).build());
  }

  private static MemorySegment row(int query) {
    return base.segment().asSlice(base.offset(query), base.vectorBytes());
  }

  private enum Memory {
    CONFINED,
    SHARED,
    AUTOMATIC,
    FLOATS,
    BYTES;

    MemorySegment allocate(Arena confined, Arena shared, long bytes) {
      return switch (this) {
        case CONFINED -> confined.allocate(bytes);
        case SHARED -> shared.allocate(bytes);
        case AUTOMATIC -> Arena.ofAuto().allocate(bytes);
        case FLOATS -> MemorySegment.ofArray(new float[(int) bytes / Float.BYTES]);
        case BYTES -> MemorySegment.ofArray(new byte[(int) bytes]);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void callersOfOneSearcherMayKeepQueriesInMemoryOfTheirOwn(Residency residency) throws Exception {
    try (AnnIndex index = open(residency)) {
      List<SearchResult> expected = new ArrayList<>();
      for (int query = 0; query < QUERIES; query++) {
        expected.add(index.search(SearchRequest.of(base, query, K)));
      }
      List<FutureTask<Void>> callers = new ArrayList<>();
      for (int i = 0; i < 2 * Memory.values().length; i++) {
        Memory memory = Memory.values()[i % Memory.values().length];
        boolean batches = i >= Memory.values().length;
        FutureTask<Void> caller =
            new FutureTask<>(
                () -> {
                  searchFrom(memory, index, batches, expected);
                  return null;
                });
        callers.add(caller);
        Thread.ofPlatform().start(caller);
      }
      for (FutureTask<Void> caller : callers) {
        caller.get();
      }
    }
  }

  private static void searchFrom(
      Memory memory, AnnIndex index, boolean batches, List<SearchResult> expected)
      throws Exception {
    try (Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared()) {
      MemorySegment first = memory.allocate(confined, shared, base.vectorBytes());
      MemorySegment second = memory.allocate(confined, shared, base.vectorBytes());
      for (int round = 0; round < 3; round++) {
        for (int query = 0; query < QUERIES; query += 2) {
          first.copyFrom(row(query));
          second.copyFrom(row(query + 1));
          SearchRequest one = SearchRequest.of(first, ElementType.FLOAT32, K);
          SearchRequest other = SearchRequest.of(second, ElementType.FLOAT32, K);
          List<SearchResult> results =
              batches
                  ? index.searchBatch(List.of(one, other))
                  : List.of(index.search(one), index.search(other));
          first.fill((byte) 77);
          second.fill((byte) 78);
          for (int i = 0; i < 2; i++) {
            assertArrayEquals(expected.get(query + i).ids(), results.get(i).ids());
            assertArrayEquals(expected.get(query + i).distances(), results.get(i).distances());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Residency.class)
  void aQueryThatTheCallerMayNotReadIsRefused(Residency residency) throws Exception {
    Arena closed = Arena.ofShared();
    MemorySegment gone = closed.allocate(base.vectorBytes());
    closed.close();
    try (AnnIndex index = open(residency);
        Arena confined = Arena.ofConfined()) {
      MemorySegment mine = confined.allocate(base.vectorBytes());
      SearchRequest of = SearchRequest.of(mine, ElementType.FLOAT32, K);
      FutureTask<Void> other =
          new FutureTask<>(
              () -> {
                assertRefused(index, of, "confined arena of another thread: thread=");
                return null;
              });
      Thread.ofPlatform().start(other);
      other.get();
      assertRefused(
          index, SearchRequest.of(gone, ElementType.FLOAT32, K), "arena was closed: bytes=64");
      assertEquals(K, index.search(of).count());
    }
  }

  private static void assertRefused(AnnIndex index, SearchRequest request, String reason) {
    TestFiles.assertMentions(
        reason, assertThrows(IllegalArgumentException.class, () -> index.search(request)));
    TestFiles.assertMentions(
        reason,
        assertThrows(
            IllegalArgumentException.class, () -> index.searchBatch(List.of(request, request))));
    try (Searcher searcher = index.newSearcher()) {
      TestFiles.assertMentions(
          reason, assertThrows(IllegalArgumentException.class, () -> searcher.search(request)));
    }
  }

  @Test
  void aBuildOnManyThreadsTakesVectorsOfAConfinedArena(@TempDir Path target) throws Exception {
    try (Arena confined = Arena.ofConfined()) {
      MemorySegment copy = confined.allocate(base.segment().byteSize(), 64);
      copy.copyFrom(base.segment());
      VectorSource mine =
          new VectorSource(
              copy,
              base.firstOffset(),
              base.strideBytes(),
              base.count(),
              base.dimension(),
              base.elementType());
      Path built = target.resolve("built");
      AnnIndex.build(mine, built, buildOptions().toBuilder().threads(3).build(), Progress.NONE);
      try (AnnIndex index = AnnIndex.open(built, TestIndexes.quickOpen())) {
        assertEquals(COUNT, index.info().count());
        assertEquals(7, index.search(SearchRequest.of(mine, 7, 1)).id(0));
      }
      FutureTask<IllegalArgumentException> other =
          new FutureTask<>(
              () ->
                  assertThrows(
                      IllegalArgumentException.class,
                      () ->
                          AnnIndex.build(
                              mine, target.resolve("no"), buildOptions(), Progress.NONE)));
      Thread.ofPlatform().start(other);
      TestFiles.assertMentions(
          "base vectors lies in a confined arena of another thread: thread=", other.get());
    }
  }
}
