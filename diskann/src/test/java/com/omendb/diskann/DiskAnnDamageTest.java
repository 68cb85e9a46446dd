package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.pagecache.file.Crc32c;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged indexes. Invariants: damage to what opening reads is refused by opening, damage to a
/// page by the searches that read it and by no other; the exception is typed and names the file;
/// nothing is ever searched that was not verified.
class DiskAnnDamageTest {
  private static final int COUNT = 1_500;
  private static final BuildOptions OPTIONS =
      TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
          .maxDegree(12)
          .tuning(t -> t.buildListSize(20))
          .build();
  private static final int PAGE_BYTES = 4096;

  @TempDir static Path sound;
  @TempDir Path temporary;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private Path directory = Path.of("");

  @BeforeAll
  static void build() throws IOException {
    base = TestIndexes.clustered(COUNT, 96, ElementType.UINT8, 60, ARENA);
    TestIndexes.build(base, sound.resolve("index"), OPTIONS);
    TestIndexes.build(base, sound.resolve("other"), OPTIONS);
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  @BeforeEach
  void copy() throws IOException {
    directory = TestFiles.copy(sound.resolve("index"), temporary.resolve("index"));
  }

  @Test
  void aFlippedByteFailsTheSearchesThatReadItsPageAndNoOther() throws Exception {
    SplittableRandom random = Seeds.random("aFlippedByteFailsTheSearchesThatReadItsPage", 61);
    Path pages = TestFiles.file(directory, "base.pages");
    int pageCount = (int) (Files.size(pages) / PAGE_BYTES) - 1;
    assertTrue(pageCount >= 30, "pageCount=" + pageCount);
    List<SearchResult> expected = search(directory);
    int failures = 0;
    int successes = 0;
    for (int page = 0; page < pageCount; page += 2) {
      long offset = (page + 1L) * PAGE_BYTES;
      long damaged = offset + random.nextInt(PAGE_BYTES);
      int bits = random.nextInt(1, 256);
      TestFiles.flip(pages, damaged, bits);
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        CorruptFileException e =
            assertThrows(
                CorruptFileException.class,
                () -> index.search(SearchRequest.of(base, 0, COUNT)),
                "all pages are read");
        assertEquals(pages.toString(), e.path());
        assertEquals(offset, e.offset());
        for (int i = 0; i < expected.size(); i++) {
          try {
            assertSame(expected.get(i), index.search(query(i)));
            successes++;
          } catch (CorruptFileException again) {
            assertEquals(offset, again.offset());
            failures++;
          }
        }
      }
      TestFiles.flip(pages, damaged, bits);
    }
    assertTrue(failures > 0 && successes > failures, failures + " failed, " + successes + " not");
    assertSame(expected.getFirst(), search(directory).getFirst());
  }

  @Test
  void aPageThatBreaksTheFormatButNotItsChecksumIsRefusedOrReadSafely() throws Exception {
    SplittableRandom random = Seeds.random("aPageThatBreaksTheFormat", 62);
    Path pages = TestFiles.file(directory, "base.pages");
    byte[] whole = Files.readAllBytes(pages);
    int pageCount = whole.length / PAGE_BYTES - 1;
    int refused = 0;
    for (int round = 0; round < 150; round++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        int page = random.nextInt(pageCount);
        // Mostly the page's header and table, which everything else hangs on.
        int within = random.nextInt(8, random.nextBoolean() ? 80 : PAGE_BYTES);
        damaged[(page + 1) * PAGE_BYTES + within] ^= (byte) random.nextInt(1, 256);
        checksum(damaged, (page + 1) * PAGE_BYTES);
      }
      Files.write(pages, damaged);
      try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
        SearchResult result = index.search(SearchRequest.of(base, 0, COUNT));
        assertTrue(result.count() <= COUNT);
      } catch (CorruptFileException e) {
        assertEquals(pages.toString(), e.path());
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  private static void checksum(byte[] file, int pageOffset) {
    MemorySegment page = MemorySegment.ofArray(file).asSlice(pageOffset, PAGE_BYTES);
    page.set(NativeMemory.INT, 0, Crc32c.of(page, 4, PAGE_BYTES - 4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base.pages", "codes-48.pq", "codebook-48.pq", "pages.dir"})
  void damageToAFileIsRefusedByOpening(String name) throws Exception {
    SplittableRandom random = Seeds.random("damageToAFileIsRefusedByOpening", 63);
    Path file = TestFiles.file(directory, name);
    byte[] whole = Files.readAllBytes(file);
    int verified = name.equals("base.pages") ? PAGE_BYTES : whole.length;
    for (int round = 0; round < 120; round++) {
      byte[] damaged = whole.clone();
      // The numbers at the start of the header one after another, then anything.
      damaged[round < 90 ? round : random.nextInt(verified)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertRefused(file);
    }
    for (int length : new int[] {0, 1, 4095, 4096, whole.length - 1, whole.length + 1}) {
      Files.write(file, Arrays.copyOf(whole, length == whole.length ? length + 1 : length));
      assertRefused(file);
    }
    Files.delete(file);
    assertRefused(file);
    Files.write(file, whole);
    assertEquals(10, search(directory).getFirst().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"base.pages", "codes-48.pq", "codebook-48.pq", "pages.dir"})
  void aFileOfAnotherBuildOfTheSameVectorsIsRefused(String name) throws Exception {
    Path file = TestFiles.file(directory, name);
    Files.write(file, Files.readAllBytes(TestFiles.file(sound.resolve("other"), name)));
    TestFiles.assertMentions("indexId", assertRefused(file));
  }

  private IOException assertRefused(Path file) {
    IOException e =
        assertThrows(
            IOException.class, () -> AnnIndex.open(directory, TestIndexes.quickOpen()).close());
    assertTrue(e instanceof CorruptFileException || e instanceof UnsupportedFormatException);
    TestFiles.assertMentions(file.toString(), e);
    return e;
  }

  @Test
  void aDirectoryWithoutManifestIsNoIndex() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    Path file = Files.createFile(temporary.resolve("file"));
    Files.delete(directory.resolve(Manifest.FILE));
    for (Path none : List.of(empty, file, temporary.resolve("missing"), directory)) {
      NoSuchFileException e =
          assertThrows(
              NoSuchFileException.class,
              () -> AnnIndex.open(none, TestIndexes.quickOpen()).close());
      TestFiles.assertMentions(none.toString(), e);
    }
  }

  @Test
  void aManifestThatDoesNotFitItsFilesIsRefused() throws Exception {
    Manifest sound = Manifest.read(directory);
    assertRefused(
        new Manifest(
            sound.kind(),
            sound.indexId(),
            sound.count() + 1,
            sound.dimension(),
            sound.elementType(),
            sound.metric(),
            sound.settings(),
            sound.files()));
    assertRefused(
        new Manifest(
            sound.kind(),
            sound.indexId(),
            sound.count(),
            sound.dimension() - 1,
            sound.elementType(),
            sound.metric(),
            sound.settings(),
            sound.files()));
    assertRefused(
        new Manifest(
            sound.kind(),
            sound.indexId(),
            sound.count(),
            sound.dimension(),
            ElementType.INT8,
            sound.metric(),
            sound.settings(),
            sound.files()));
    assertRefused(
        new Manifest(
            sound.kind(),
            sound.indexId(),
            sound.count(),
            sound.dimension(),
            sound.elementType(),
            Metric.COSINE,
            sound.settings(),
            sound.files()));
    assertRefused(
        new Manifest(
            sound.kind(),
            sound.indexId(),
            sound.count(),
            sound.dimension(),
            sound.elementType(),
            sound.metric(),
            new TreeMap<>(),
            sound.files()));
  }

  private void assertRefused(Manifest manifest) throws IOException {
    Files.write(directory.resolve(Manifest.FILE), manifest.encode());
    assertThrows(
        CorruptFileException.class,
        () -> AnnIndex.open(directory, TestIndexes.quickOpen()).close());
  }

  @Test
  void aKindThatIsNotInstalledIsNamed() throws Exception {
    Manifest sound = Manifest.read(directory);
    Manifest unknown =
        new Manifest(
            "unheard-of",
            sound.indexId(),
            sound.count(),
            sound.dimension(),
            sound.elementType(),
            sound.metric(),
            sound.settings(),
            sound.files());
    Files.write(directory.resolve(Manifest.FILE), unknown.encode());
    IOException e =
        assertThrows(
            IOException.class, () -> AnnIndex.open(directory, TestIndexes.quickOpen()).close());
    TestFiles.assertMentions("diskann", e);
    TestFiles.assertMentions(directory.toString(), e);
  }

  private List<SearchResult> search(Path index) throws IOException {
    List<SearchResult> results = new ArrayList<>();
    try (AnnIndex open = AnnIndex.open(index, TestIndexes.quickOpen())) {
      for (int i = 0; i < 20; i++) {
        results.add(open.search(query(i)));
      }
    }
    return results;
  }

  private SearchRequest query(int i) {
    return SearchRequest.builder(base, i * (COUNT / 20L), 10).searchListSize(10).build();
  }

  private static void assertSame(SearchResult expected, SearchResult actual) {
    assertArrayEquals(expected.ids(), actual.ids());
    assertArrayEquals(expected.distances(), actual.distances());
  }
}
