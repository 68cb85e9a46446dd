package com.omendb.diskann.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.store.SearchTuning;
import com.omendb.store.serving.PagedRunner;
import com.omendb.store.serving.QueryCall;
import com.omendb.store.serving.SearchWatch;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Searches side by side in the lanes of one runner. Invariants: what a search finds, and what it
/// asks for, depends neither on the number of lanes nor on who is in the others; a page that cannot
/// be read fails the searches that want it, each with its own error, and no other; after a failure
/// every ticket is free again and every page unpinned.
@Timeout(120)
class PagedRunnerTest {
  private static final int COUNT = 1_200;
  private static final int DIMENSION = 64;
  private static final int K = 8;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource queries = base;

  @TempDir static Path built;

  @BeforeAll
  static void build() throws IOException {
    base = TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, 211, ARENA);
    queries = TestIndexes.queries(COUNT, DIMENSION, ElementType.UINT8, 211, 40, ARENA);
    TestIndexes.build(
        base,
        built.resolve("index"),
        TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
            .tuning(t -> t.codes("pq:8"))
            .build());
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  // Some wide, some narrow, some of more results than others.
  private static SearchRequest request(int query) {
    int[] widths = {1, 3, SearchTuning.MAX_BEAM_WIDTH};
    SearchRequest.Builder request = SearchRequest.builder(queries, query, query % 5 == 0 ? 40 : K);
    if (query % 4 > 0) {
      request.tuning(t -> t.beamWidth(widths[query % 4 - 1]));
    }
    return request.build();
  }

  @ParameterizedTest
  @EnumSource(names = {"PAGES", "GROUPS", "GRAPH"})
  void resultsDoNotDependOnTheNumberOfLanes(Residency residency) throws Exception {
    List<SearchResult> alone = new ArrayList<>();
    for (int laneCount : new int[] {1, 2, 3, 8}) {
      try (OpenBase open =
          new OpenBase(built.resolve("index"), residency, PagedRunner.ticketCount(laneCount))) {
        List<QueryCall> calls = new ArrayList<>();
        try (PagedRunner runner = open.newRunner(laneCount)) {
          for (int query = 0; query < queries.count(); query++) {
            calls.add(run(runner, request(query)));
          }
          finish(runner);
        }
        for (int query = 0; query < queries.count(); query++) {
          SearchResult result = calls.get(query).get();
          if (laneCount == 1) {
            alone.add(result);
          } else {
            assertSame(alone.get(query), result);
          }
        }
        open.cache().assertInvariants();
      }
    }
  }

  // Starts a search as soon as a lane is idle.
  private static QueryCall run(PagedRunner runner, SearchRequest request) {
    while (!runner.hasIdleLane()) {
      runner.advance();
    }
    QueryCall call = new QueryCall(request, SearchWatch.NONE);
    runner.start(call);
    return call;
  }

  private static void finish(PagedRunner runner) {
    while (runner.underWay() != null) {
      runner.advance();
    }
  }

  private static void assertSame(SearchResult expected, SearchResult actual) {
    assertArrayEquals(expected.ids(), actual.ids());
    assertArrayEquals(expected.distances(), actual.distances());
    SearchStats wanted = expected.stats();
    SearchStats found = actual.stats();
    assertEquals(wanted.rounds(), found.rounds());
    assertEquals(wanted.expanded(), found.expanded());
    assertEquals(wanted.approximateDistances(), found.approximateDistances());
    assertEquals(wanted.exactDistances(), found.exactDistances());
    assertEquals(wanted.pageReads() + wanted.cacheHits(), found.pageReads() + found.cacheHits());
  }

  @Test
  void aLaneWhosePageFailsLeavesTheOthersWhole(@TempDir Path temporary) throws Exception {
    SplittableRandom random = Seeds.random("aLaneWhosePageFailsLeavesTheOthersWhole", 212);
    List<SearchResult> sound = searchAll(built.resolve("index"));
    Path directory = TestFiles.copy(built.resolve("index"), temporary.resolve("index"));
    Path pages = TestFiles.file(directory, "base.pages");
    int failed = 0;
    int whole = 0;
    for (int round = 0; round < 12; round++) {
      try (OpenBase open = new OpenBase(directory, Residency.PAGES, PagedRunner.ticketCount(8))) {
        int pageBytes = open.layer().pageBytes();
        int page = random.nextInt(open.layer().directory().pageCount());
        long offset = (page + 1L) * pageBytes;
        long damaged = offset + random.nextInt(pageBytes);
        TestFiles.flip(pages, damaged, 1 << random.nextInt(8));
        byte[] bytes = Files.readAllBytes(pages);
        List<QueryCall> calls = new ArrayList<>();
        try (PagedRunner runner = open.newRunner(8)) {
          for (int query = 0; query < queries.count(); query++) {
            calls.add(run(runner, request(query)));
          }
          finish(runner);
          for (int query = 0; query < queries.count(); query++) {
            try {
              assertSame(sound.get(query), calls.get(query).get());
              whole++;
            } catch (CorruptFileException e) {
              assertEquals(offset, e.offset());
              failed++;
            }
          }
          // Every ticket is free again: the widest search of all finds all in the whole file.
          bytes[(int) damaged] = flippedBack(built.resolve("index"), damaged);
          Files.write(pages, bytes);
          SearchResult all =
              runner.search(
                  SearchRequest.builder(base, 0, COUNT)
                      .tuning(t -> t.beamWidth(SearchTuning.MAX_BEAM_WIDTH))
                      .build(),
                  SearchWatch.NONE);
          assertEquals(COUNT, all.count());
        }
        open.cache().assertInvariants();
      }
    }
    assertTrue(failed > 0 && whole > failed, failed + " failed, " + whole + " not");
  }

  private static byte flippedBack(Path directory, long offset) throws IOException {
    return Files.readAllBytes(TestFiles.file(directory, "base.pages"))[(int) offset];
  }

  private static List<SearchResult> searchAll(Path directory) throws IOException {
    List<SearchResult> results = new ArrayList<>();
    try (OpenBase open = new OpenBase(directory, Residency.PAGES, PagedRunner.ticketCount(1));
        PagedRunner runner = open.newRunner(1)) {
      for (int query = 0; query < queries.count(); query++) {
        results.add(runner.search(request(query), SearchWatch.NONE));
      }
    }
    return results;
  }

  @Test
  void aRequestThatDoesNotFitFailsAtOnceAndAlone() throws Exception {
    try (OpenBase open =
            new OpenBase(built.resolve("index"), Residency.GROUPS, PagedRunner.ticketCount(4));
        PagedRunner runner = open.newRunner(4)) {
      QueryCall good = run(runner, request(1));
      QueryCall bad = run(runner, SearchRequest.ofUint8(new byte[3], K));
      assertTrue(bad.isDone());
      assertThrows(IllegalArgumentException.class, bad::get);
      QueryCall other = run(runner, request(2));
      finish(runner);
      assertSame(runner.search(request(1), SearchWatch.NONE), good.get());
      assertSame(runner.search(request(2), SearchWatch.NONE), other.get());
      assertNull(runner.underWay());
    }
  }

  @Test
  void aRunnerTakesAsManySearchesAsItHasLanes() throws Exception {
    try (OpenBase open =
            new OpenBase(built.resolve("index"), Residency.PAGES, PagedRunner.ticketCount(3));
        PagedRunner runner = open.newRunner(3)) {
      List<QueryCall> calls = new ArrayList<>();
      for (int lane = 0; lane < 3; lane++) {
        assertTrue(runner.hasIdleLane());
        calls.add(new QueryCall(request(lane), SearchWatch.NONE));
        runner.start(calls.getLast());
        assertFalse(calls.getLast().isDone(), "its pages cannot be there");
      }
      assertFalse(runner.hasIdleLane());
      assertThrows(
          IllegalStateException.class,
          () -> runner.start(new QueryCall(request(3), SearchWatch.NONE)));
      finish(runner);
      assertTrue(runner.hasIdleLane());
      for (QueryCall call : calls) {
        assertEquals(call.request().k(), call.get().count());
      }
    }
  }
}
