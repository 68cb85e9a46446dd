package com.omendb.store.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.cache.PageCache;
import com.omendb.pagecache.file.PageWriter;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.SearchStats;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Space;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The frame that drives walks through pages, with walks that look at every page. Invariants: each
/// walk is given the pages that it asked for and no others, in its order; results are those of
/// brute force, however many lanes there are; a page that is lost fails the walks that want it, or
/// is skipped by those that allow that.
class PageWalkTest {
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 60;
  private static final int VALUE_OFFSET = 16;
  private static final QueryForm FORM =
      new QueryForm(new Space(Metric.SQUARED_L2, ElementType.UINT8, 1));

  @TempDir Path temporary;

  private final int[] values = new int[PAGES];
  private Path path = Path.of("");

  @BeforeEach
  void write() throws IOException {
    SplittableRandom random = Seeds.random("PageWalkTest", 92);
    path = temporary.resolve("values.part");
    try (PageWriter writer =
        new PageWriter(Storage.disk().file(path), "OMENTEST", 1, UUID.randomUUID(), PAGE_BYTES)) {
      for (int page = 0; page < PAGES; page++) {
        values[page] = random.nextInt(256);
        writer.page().set(NativeMemory.INT, VALUE_OFFSET, values[page]);
        writer.write();
      }
      writer.finish(new long[0]);
    }
  }

  /// Looks at all pages; the value in a page is its vector, the number of the page its id.
  private static final class WholeWalk implements PageWalk {
    private final TopK top = new TopK();
    private final List<Integer> asked = new ArrayList<>();
    private int query;
    private boolean degraded;
    private int taken;
    private int skipped;

    @Override
    public void begin(SearchTask task) {
      query = Byte.toUnsignedInt(task.request().query().get(NativeMemory.BYTE, 0));
      degraded = task.request().degraded();
      top.reset(task.request().k());
      asked.clear();
      taken = 0;
      skipped = 0;
    }

    @Override
    public int choose(int[] pages, int limit) {
      int count = Math.min(limit, PAGES - asked.size());
      for (int i = 0; i < count; i++) {
        pages[i] = (asked.size() * 7) % PAGES;
        asked.add(pages[i]);
      }
      return count;
    }

    @Override
    public int refillBelow() {
      return 3;
    }

    @Override
    public void landed(int page) {}

    @Override
    public void take(int page, long address, boolean wasRead) {
      assertEquals(asked.get(taken + skipped), page);
      taken++;
      int value = NativeMemory.ALL.get(NativeMemory.INT, address + VALUE_OFFSET);
      top.offer(page, Math.abs(value - query), page);
    }

    @Override
    public boolean skip(int page) {
      assertEquals(asked.get(taken + skipped), page);
      skipped++;
      return degraded;
    }

    @Override
    public SearchResult result() {
      assertEquals(PAGES, taken + skipped);
      return top.result(SearchStats.builder().pages(taken, 0, 0, skipped, 0).build());
    }
  }

  private PagedRunner runner(PageCache cache, int laneCount) {
    return new PagedRunner(_ -> new WholeWalk(), FORM, cache, laneCount);
  }

  private PageFile open() throws IOException {
    return PageFile.open(path, "OMENTEST", 1, 1, false);
  }

  private static PageCache cache(PageFile file, int laneCount) {
    int pinned = PagedRunner.ticketCount(laneCount);
    return new PageCache(file, PageCache.smallestBytes(PAGE_BYTES, pinned), pinned);
  }

  private long[] nearest(int query, int k) {
    return IntStream.range(0, PAGES)
        .boxed()
        .sorted(
            (a, b) -> {
              int order = Integer.compare(Math.abs(values[a] - query), Math.abs(values[b] - query));
              return order != 0 ? order : Integer.compare(a, b);
            })
        .limit(k)
        .mapToLong(Integer::longValue)
        .toArray();
  }

  @Test
  void resultsAreThoseOfBruteForceHoweverManyLanesThereAre() throws IOException {
    for (int laneCount : new int[] {1, 2, 8}) {
      try (PageFile file = open();
          PageCache cache = cache(file, laneCount);
          PagedRunner runner = runner(cache, laneCount)) {
        List<SearchRequest> requests =
            IntStream.range(0, 20)
                .mapToObj(i -> SearchRequest.ofUint8(new byte[] {(byte) (13 * i)}, 1 + i))
                .toList();
        List<SearchResult> results = runner.searchBatch(requests, SearchWatch.NONE);
        for (int i = 0; i < results.size(); i++) {
          assertArrayEquals(nearest((13 * i) & 0xff, 1 + i), results.get(i).ids(), "i=" + i);
        }
      }
    }
  }

  @Test
  void aLostPageFailsAWalkOrIsSkipped() throws IOException {
    int lost = 11;
    TestFiles.flip(path, (lost + 1L) * PAGE_BYTES + VALUE_OFFSET, 1);
    try (PageFile file = open();
        PageCache cache = cache(file, 2);
        PagedRunner runner = runner(cache, 2)) {
      SearchRequest request = SearchRequest.ofUint8(new byte[] {9}, PAGES);
      assertThrows(CorruptFileException.class, () -> runner.search(request, SearchWatch.NONE));
      SearchResult rest =
          runner.search(request.toBuilder().degraded(true).build(), SearchWatch.NONE);
      assertEquals(1, rest.stats().skippedPages());
      assertArrayEquals(
          LongStream.range(0, PAGES).filter(page -> page != lost).toArray(),
          IntStream.range(0, rest.count()).mapToLong(rest::id).sorted().toArray());
    }
  }
}
