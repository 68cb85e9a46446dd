package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.AnnIndex;
import com.omendb.store.OpenOptions;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Searches among damaged pages. Invariants, for every kind, residency and read engine: a search
/// that needs a damaged page fails with an exception that names file and page, or, when degraded,
/// goes on without it; a degraded search finds only true distances, nothing that lay in a damaged
/// page, and all else that it is asked for, whichever pages are damaged; how many pages it went
/// without is told, and is 0 for one that met none, whose result is the same as ever. An index
/// whose pages are restored needs not be opened again to be searched through its pages.
@Timeout(120)
class DegradedSearchTest {
  private static final int COUNT = 3_000;
  private static final int DIMENSION = 48;
  private static final int QUERIES = 40;
  private static final int K = 10;
  private static final int PAGE_BYTES = 4096;

  @TempDir static Path built;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private static VectorSource queries = base;

  @BeforeAll
  static void build() throws Exception {
    base = TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, 131, ARENA);
    queries = TestIndexes.queries(COUNT, DIMENSION, ElementType.UINT8, 131, QUERIES, ARENA);
    for (String kind : new String[] {"hybrid", "diskann"}) {
      TestIndexes.build(base, built.resolve(kind), TestIndexes.quickBuild(kind, Metric.SQUARED_L2));
    }
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private final List<byte[]> pagesBefore = new ArrayList<>();
  private Path pages = Path.of("");

  @BeforeEach
  void forget() {
    pagesBefore.clear();
  }

  // Every way to read meets every residency somewhere.
  private static final String CASES =
      """
      hybrid, PAGES, IO_URING
      hybrid, GROUPS, PREAD
      hybrid, GRAPH, MAPPED
      hybrid, ALL, PREAD
      diskann, PAGES, MAPPED
      diskann, GROUPS, IO_URING
      diskann, GRAPH, PREAD
      diskann, ALL, PREAD
      """;

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void whatIsNotInDamagedPagesIsFound(String kind, Residency residency, ReadEngine engine)
      throws Exception {
    SplittableRandom random = Seeds.random("whatIsNotInDamagedPagesIsFound", 132);
    for (double share : new double[] {0.01, 0.2, 0.9}) {
      damaged(kind, random, share);
      try (AnnIndex index = open(kind, residency, engine)) {
        SearchResult all =
            index.search(SearchRequest.builder(queries, 0, COUNT).degraded(true).build());
        assertExact(all, 0);
        assertEquals(COUNT - vectorsInDamagedPages(), all.count());
        assertEquals(pagesBefore.size(), all.stats().skippedPages());
        CorruptFileException e =
            assertThrows(
                CorruptFileException.class,
                () -> index.search(SearchRequest.of(queries, 0, COUNT)));
        assertEquals(pages.toString(), e.path());
        assertTrue(isDamaged(e.pageNumber()), e.toString());
        assertEquals((e.pageNumber() + 1) * PAGE_BYTES, e.offset());
      }
      restore();
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void searchesThatMeetNoDamageAreTheSameAndTheOthersSaySo(
      String kind, Residency residency, ReadEngine engine) throws Exception {
    SplittableRandom random = Seeds.random("searchesThatMeetNoDamageAreTheSame", 133);
    List<SearchRequest> requests = new ArrayList<>();
    for (int query = 0; query < QUERIES; query++) {
      requests.add(SearchRequest.builder(queries, query, K).degraded(true).build());
    }
    pages = TestFiles.file(built.resolve(kind), "base.pages");
    List<SearchResult> sound;
    try (AnnIndex index = open(kind, residency, engine)) {
      sound = index.searchBatch(requests);
    }
    damaged(kind, random, 0.02);
    int met = 0;
    try (AnnIndex index = open(kind, residency, engine)) {
      List<SearchResult> batch = index.searchBatch(requests);
      for (int query = 0; query < QUERIES; query++) {
        SearchResult alone = index.search(requests.get(query));
        assertArrayEquals(alone.ids(), batch.get(query).ids());
        assertArrayEquals(alone.distances(), batch.get(query).distances());
        assertEquals(alone.stats().skippedPages(), batch.get(query).stats().skippedPages());
        assertEquals(K, alone.count());
        assertExact(alone, query);
        SearchRequest strict = requests.get(query).toBuilder().degraded(false).build();
        if (alone.stats().skippedPages() == 0) {
          assertArrayEquals(sound.get(query).ids(), alone.ids());
          assertArrayEquals(sound.get(query).distances(), alone.distances());
          assertArrayEquals(alone.ids(), index.search(strict).ids());
        } else {
          met++;
          assertThrows(CorruptFileException.class, () -> index.search(strict));
          assertThrows(
              CorruptFileException.class,
              () -> index.searchBatch(List.of(requests.get(0), strict)));
        }
      }
      restore();
      if (residency != Residency.ALL) {
        for (int query = 0; query < QUERIES; query++) {
          SearchResult again = index.search(requests.get(query));
          assertEquals(0, again.stats().skippedPages());
          assertArrayEquals(sound.get(query).ids(), again.ids());
        }
      }
    }
    assertTrue(met > 0, "no search met a damaged page");
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void aFileThatIsCutOffWhileItIsOpenIsDamagedFromThereOn(
      String kind, Residency residency, ReadEngine engine) throws Exception {
    Path copy = Files.createDirectory(built.resolve("cut-" + kind + residency));
    copy(built.resolve(kind), copy);
    pages = TestFiles.file(copy, "base.pages");
    List<SearchResult> sound = new ArrayList<>();
    try (AnnIndex index = open(copy, residency, engine)) {
      for (int query = 0; query < QUERIES; query++) {
        sound.add(index.search(SearchRequest.of(queries, query, K)));
      }
    }
    try (AnnIndex index = open(copy, residency, engine)) {
      // Some pages are in memory when the file is cut off, and stay good.
      index.search(SearchRequest.of(queries, 0, K));
      try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
        file.setLength(PAGE_BYTES * (file.length() / PAGE_BYTES / 2) + 1_000);
      }
      SearchResult all =
          index.search(SearchRequest.builder(queries, 0, COUNT).degraded(true).build());
      assertExact(all, 0);
      if (residency == Residency.ALL) {
        assertEquals(COUNT, all.count());
      } else {
        assertTrue(all.count() > COUNT / 10 && all.count() < COUNT, "count=" + all.count());
        assertTrue(all.stats().skippedPages() > 0);
      }
      for (int query = 0; query < QUERIES; query++) {
        SearchResult found =
            index.search(SearchRequest.builder(queries, query, K).degraded(true).build());
        assertExact(found, query);
        if (found.stats().skippedPages() == 0) {
          assertArrayEquals(sound.get(query).ids(), found.ids());
        }
      }
    }
  }

  private AnnIndex open(String kind, Residency residency, ReadEngine engine) throws IOException {
    return open(built.resolve(kind), residency, engine);
  }

  // So few frames that damage done to the file is met.
  private static AnnIndex open(Path directory, Residency residency, ReadEngine engine)
      throws IOException {
    OpenOptions options =
        TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build();
    if (engine == ReadEngine.IO_URING) {
      try (AnnIndex index = AnnIndex.open(directory, options)) {
        assumeTrue(index.info().readEngine().equals(Optional.of(engine)), "no io_uring here");
      }
    }
    return AnnIndex.open(directory, options.toBuilder().tuning(t -> t.readEngine(engine)).build());
  }

  /// Flips a byte in this share of the pages, at least one of which is the first.
  private void damaged(String kind, SplittableRandom random, double share) throws IOException {
    pagesBefore.clear();
    pages = TestFiles.file(built.resolve(kind), "base.pages");
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      int pageCount = (int) (file.length() / PAGE_BYTES) - 1;
      byte[] page = new byte[PAGE_BYTES];
      for (int number = 0; number < pageCount; number++) {
        if (number > 0 && random.nextDouble() >= share) {
          continue;
        }
        file.seek((number + 1L) * PAGE_BYTES);
        file.readFully(page);
        pagesBefore.add(withNumber(number, page));
        page[random.nextInt(PAGE_BYTES)] ^= (byte) (1 << random.nextInt(8));
        file.seek((number + 1L) * PAGE_BYTES);
        file.write(page);
      }
    }
  }

  private int vectorsInDamagedPages() {
    return pagesBefore.stream()
        .mapToInt(page -> Byte.toUnsignedInt(page[12]) | Byte.toUnsignedInt(page[13]) << 8)
        .sum();
  }

  private static byte[] withNumber(int number, byte[] page) {
    byte[] whole = new byte[PAGE_BYTES + Integer.BYTES];
    System.arraycopy(page, 0, whole, 0, PAGE_BYTES);
    java.nio.ByteBuffer.wrap(whole).putInt(PAGE_BYTES, number);
    return whole;
  }

  private static int number(byte[] page) {
    return java.nio.ByteBuffer.wrap(page).getInt(PAGE_BYTES);
  }

  private boolean isDamaged(long number) {
    return pagesBefore.stream().anyMatch(page -> number(page) == number);
  }

  private void restore() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      for (byte[] page : pagesBefore) {
        file.seek((number(page) + 1L) * PAGE_BYTES);
        file.write(page, 0, PAGE_BYTES);
      }
    }
    pagesBefore.clear();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.skip(1).toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void assertExact(SearchResult result, int query) {
    TestIndexes.assertExact(result, Metric.SQUARED_L2, queries, query, base);
  }
}
