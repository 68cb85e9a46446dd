package com.omendb.diskann.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.UnrepairableException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.repair.RepairReport.FileRepair;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Repairs of damaged indexes. Invariants:
/// - the damaged index is byte for byte what it was;
/// - the new index is whole: it opens, and finds every vector that it should hold;
/// - files that are whole are taken over as they are where the pages are whole;
/// - every vectorId that is lost is listed, and no other.
class IndexRepairTest {
  private static final int COUNT = 1_500;
  private static final int PAGE_BYTES = 4096;
  private static final BuildOptions OPTIONS =
      TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
          .maxDegree(12)
          .tuning(t -> t.buildListSize(20))
          .build();
  private static final RepairOptions REPAIR = RepairOptions.builder().threads(1).build();

  @TempDir static Path sound;
  @TempDir Path temporary;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);
  private Path damaged = Path.of("");
  private Path repaired = Path.of("");
  private SortedMap<String, byte[]> before = new TreeMap<>();

  @BeforeAll
  static void build() throws IOException {
    base = TestIndexes.clustered(COUNT, 96, ElementType.UINT8, 60, ARENA);
    TestIndexes.build(base, sound.resolve("index"), OPTIONS);
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  @BeforeEach
  void copy() throws IOException {
    damaged = TestFiles.copy(sound.resolve("index"), temporary.resolve("index"));
    repaired = temporary.resolve("repaired");
  }

  @AfterEach
  void nothingWasChanged() throws IOException {
    if (!before.isEmpty()) {
      SortedMap<String, byte[]> after = TestFiles.snapshot(damaged);
      assertEquals(before.keySet(), after.keySet());
      before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pages.dir",
        "codes-48.pq",
        "codebook-48.pq",
        "codes-24.pq",
        "thin.graph",
        "pages.graph"
      })
  void aFileThatIsLostOrDamagedIsMadeFromThePages(String name) throws IOException {
    Path file = TestFiles.file(damaged, name);
    for (int round = 0; round < 3; round++) {
      byte[] whole = Files.readAllBytes(file);
      switch (round) {
        case 0 -> Files.delete(file);
        case 1 -> TestFiles.flip(file, whole.length / 2 + 2048, 4);
        default -> Files.write(file, Arrays.copyOf(whole, whole.length - 1));
      }
      repaired = temporary.resolve("repaired" + round);
      RepairReport report = repair(null);
      assertTrue(files(report).contains(name), report::toString);
      assertEquals(COUNT, report.count());
      assertEquals(0, report.lostRecordCount());
      SortedMap<String, byte[]> old = TestFiles.snapshot(damaged);
      SortedMap<String, byte[]> fresh = TestFiles.snapshot(repaired);
      old.forEach(
          (path, bytes) -> {
            if (!files(report).contains(Path.of(path).getFileName().toString())
                && !path.endsWith(Manifest.FILE)) {
              assertArrayEquals(bytes, fresh.get(path), path);
            }
          });
      assertHoldsAll(repaired, new BitSet());
      Files.write(file, whole);
      before.clear();
    }
  }

  @Test
  void anIndexThatIsWholeIsCopied() throws IOException {
    RepairReport report = repair(null);
    assertEquals(List.of(), report.files());
    assertEquals(Optional.of(new BitSet()), report.lostIds());
    before.forEach(
        (name, bytes) -> {
          try {
            assertArrayEquals(bytes, TestFiles.snapshot(repaired).get(name), name);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theManifestIsWrittenFromTheFiles(boolean missing) throws IOException {
    Path manifest = damaged.resolve(Manifest.FILE);
    Manifest old = Manifest.read(damaged);
    if (missing) {
      Files.delete(manifest);
    } else {
      TestFiles.flip(manifest, 100, 1);
    }
    RepairReport report = repair(null);
    assertEquals(List.of(Manifest.FILE), files(report));
    assertFalse(report.assumptions().isEmpty());
    Manifest made = Manifest.read(repaired);
    assertEquals(old.indexId(), made.indexId());
    assertEquals(old.kind(), made.kind());
    assertEquals(old.count(), made.count());
    assertEquals(old.dimension(), made.dimension());
    assertEquals(old.elementType(), made.elementType());
    assertEquals(old.metric(), made.metric());
    assertEquals(old.files(), made.files());
    assertEquals(old.settings().get("subspaceCounts"), made.settings().get("subspaceCounts"));
    assertEquals(old.settings().get("maxDegree"), made.settings().get("maxDegree"));
    assertHoldsAll(repaired, new BitSet());
  }

  @Test
  void pagesThatAreLostAreListedAndTheRestIsSearchable() throws IOException {
    SplittableRandom random = Seeds.random("pagesThatAreLostAreListed", 71);
    BitSet lost = LostPages.lose(damaged, random, 3);
    RepairReport report = repair(null);
    assertEquals(Optional.of(lost), report.lostIds());
    assertEquals(3, report.lostPageCount());
    assertEquals(lost.cardinality(), report.lostRecordCount());
    assertEquals(COUNT - lost.cardinality(), report.count());
    assertHoldsAll(repaired, lost);
    assertFindsAsBefore(repaired, lost);
  }

  @Test
  void theSourceBringsLostVectorsBack() throws IOException {
    SplittableRandom random = Seeds.random("theSourceBringsLostVectorsBack", 72);
    BitSet lost = LostPages.lose(damaged, random, 4);
    RepairReport report = repair(base);
    assertEquals(lost.cardinality(), report.restoredCount());
    assertEquals(Optional.of(new BitSet()), report.lostIds());
    assertHoldsAll(repaired, new BitSet());
    assertFindsAsBefore(repaired, new BitSet());
  }

  @Test
  void whatARepairHadToLeaveOutALaterOneBringsBack() throws IOException {
    SplittableRandom random = Seeds.random("whatARepairHadToLeaveOut", 73);
    BitSet lost = LostPages.lose(damaged, random, 2);
    repair(null);
    Path again = temporary.resolve("again");
    RepairReport report =
        AnnIndex.repair(repaired, again, Optional.of(base), REPAIR, Progress.NONE);
    assertEquals(lost.cardinality(), report.restoredCount());
    assertHoldsAll(again, new BitSet());
    // Without the source they are still known to be missing.
    Path without = temporary.resolve("without");
    assertEquals(
        Optional.of(lost),
        AnnIndex.repair(repaired, without, Optional.empty(), REPAIR, Progress.NONE).lostIds());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutAHeaderThePagesTellHowTheyAreLaidOut(boolean manifestToo) throws IOException {
    // With the manifest, nothing but the source knows the element type and metric; so not both.
    TestFiles.flip(TestFiles.file(damaged, "base.pages"), 20, 255);
    if (manifestToo) {
      Files.delete(damaged.resolve(Manifest.FILE));
      snapshot();
      UnrepairableException e = assertThrows(UnrepairableException.class, () -> repair(null));
      TestFiles.assertMentions("the metric", e);
      assertFalse(Files.exists(repaired));
      return;
    }
    RepairReport report = repair(null);
    assertEquals(0, report.lostRecordCount());
    assertHoldsAll(repaired, new BitSet());
    assertFindsAsBefore(repaired, new BitSet());
  }

  @Test
  void aFileThatEndsEarlyLosesOnlyWhatIsMissing() throws IOException {
    Path pages = TestFiles.file(damaged, "base.pages");
    long length = Files.size(pages);
    BitSet lost = new BitSet();
    for (int page = (int) (length / PAGE_BYTES) - 4; page < length / PAGE_BYTES - 1; page++) {
      lost.or(LostPages.ids(damaged, page));
    }
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      file.setLength(length - 2 * PAGE_BYTES - 100);
    }
    RepairReport report = repair(null);
    assertEquals(Optional.of(lost), report.lostIds());
    assertHoldsAll(repaired, lost);
  }

  @Test
  void severalFilesAtOnce() throws IOException {
    SplittableRandom random = Seeds.random("severalFilesAtOnce", 74);
    BitSet lost = LostPages.lose(damaged, random, 3);
    Files.delete(TestFiles.file(damaged, "pages.dir"));
    Files.delete(TestFiles.file(damaged, "codebook-24.pq"));
    TestFiles.flip(TestFiles.file(damaged, "thin.graph"), 9000, 8);
    TestFiles.flip(damaged.resolve(Manifest.FILE), 60, 2);
    RepairReport report = repair(null);
    assertEquals(Optional.of(lost), report.lostIds());
    assertHoldsAll(repaired, lost);
    assertFindsAsBefore(repaired, lost);
    RepairReport restored =
        AnnIndex.repair(
            damaged, temporary.resolve("restored"), Optional.of(base), REPAIR, Progress.NONE);
    assertEquals(lost.cardinality(), restored.restoredCount());
    assertHoldsAll(temporary.resolve("restored"), new BitSet());
  }

  @Test
  void withTooLittleLeftTheIndexIsBuiltFromTheSource() throws IOException {
    SplittableRandom random = Seeds.random("withTooLittleLeft", 75);
    LostPages.lose(damaged, random, LostPages.pageCount(damaged) / 2);
    assertEquals(COUNT, repair(base).count());
    assertHoldsAll(repaired, new BitSet());
    Files.delete(TestFiles.file(damaged, "base.pages"));
    before.clear();
    repaired = temporary.resolve("repaired2");
    assertEquals(COUNT, repair(base).count());
    assertHoldsAll(repaired, new BitSet());
  }

  @Test
  void withNothingLeftItIsRefused() throws IOException {
    Files.delete(TestFiles.file(damaged, "base.pages"));
    snapshot();
    TestFiles.assertMentions(
        "all vectors are lost", assertThrows(UnrepairableException.class, () -> repair(null)));
    assertFalse(Files.exists(repaired));
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThrows(
        UnrepairableException.class,
        () -> AnnIndex.repair(empty, repaired, Optional.of(base), REPAIR, Progress.NONE));
    assertThrows(
        NoSuchFileException.class,
        () ->
            AnnIndex.repair(
                temporary.resolve("none"), repaired, Optional.empty(), REPAIR, Progress.NONE));
  }

  @Test
  void aRepairNeverWritesIntoAnIndexOrOverAnything() throws IOException {
    Files.delete(damaged.resolve(Manifest.FILE));
    snapshot();
    for (Path target : List.of(damaged, damaged.resolve("inside"), temporary)) {
      repaired = target;
      assertThrows(Exception.class, () -> repair(null), target::toString);
    }
    repaired = sound.resolve("index");
    assertThrows(FileAlreadyExistsException.class, () -> repair(null));
  }

  @Test
  void aSourceOfOtherVectorsIsRefused() throws IOException {
    SplittableRandom random = Seeds.random("aSourceOfOtherVectors", 76);
    LostPages.lose(damaged, random, 2);
    snapshot();
    VectorSource fewer = base.rows(0, COUNT - 1);
    VectorSource others = TestIndexes.clustered(COUNT, 96, ElementType.UINT8, 61, ARENA);
    VectorSource otherType = TestIndexes.clustered(COUNT, 96, ElementType.INT8, 60, ARENA);
    for (VectorSource source : List.of(fewer, others, otherType)) {
      TestFiles.assertMentions(
          "source", assertThrows(IllegalArgumentException.class, () -> repair(source)));
      assertFalse(Files.exists(repaired));
    }
  }

  @Test
  void aBudgetThatIsTooSmallIsRefusedWithTheSmallest() throws IOException {
    LostPages.lose(damaged, Seeds.random("aBudgetThatIsTooSmall", 77), 2);
    snapshot();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                AnnIndex.repair(
                    damaged,
                    repaired,
                    Optional.empty(),
                    REPAIR.toBuilder().memoryBudgetBytes(1 << 20).build(),
                    Progress.NONE));
    TestFiles.assertMentions("memory budget", e);
    assertFalse(Files.exists(repaired));
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void everyMetricIsRepaired(Metric metric) throws IOException {
    int count = 600;
    VectorSource vectors = TestIndexes.clustered(count, 24, ElementType.FLOAT32, 62, ARENA);
    damaged = temporary.resolve("metric");
    TestIndexes.build(
        vectors,
        damaged,
        TestIndexes.quickBuild("diskann", metric).toBuilder()
            .maxDegree(12)
            .tuning(t -> t.buildListSize(20))
            .build());
    LostPages.lose(damaged, Seeds.random("everyMetricIsRepaired", 78), 2);
    RepairReport report = repair(vectors);
    assertTrue(report.restoredCount() > 0);
    assertEquals(count, report.count());
    try (AnnIndex index = AnnIndex.open(repaired, TestIndexes.quickOpen())) {
      SearchResult all = index.search(SearchRequest.of(vectors, 0, count));
      assertEquals(count, Arrays.stream(all.ids()).distinct().count());
      double recall = TestIndexes.recall(index, vectors, vectors.rows(0, 100), 10, 60);
      assertTrue(recall > 0.9, "recall=" + recall);
    }
  }

  private RepairReport repair(@Nullable VectorSource source) throws IOException {
    if (before.isEmpty()) {
      snapshot();
    }
    return AnnIndex.repair(damaged, repaired, Optional.ofNullable(source), REPAIR, Progress.NONE);
  }

  private void snapshot() throws IOException {
    before = TestFiles.snapshot(damaged);
  }

  private static List<String> files(RepairReport report) {
    return report.files().stream().map(FileRepair::file).toList();
  }

  // Every vector but the lost ones comes back from a search for all, with the right distance.
  private static void assertHoldsAll(Path directory, BitSet lost) throws IOException {
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      assertEquals(COUNT - lost.cardinality(), index.info().count());
      SearchResult all = index.search(SearchRequest.of(base, 0, COUNT - lost.cardinality()));
      BitSet found = new BitSet();
      for (int i = 0; i < all.count(); i++) {
        found.set((int) all.id(i));
        assertEquals(
            TestRows.distance(Metric.SQUARED_L2, base, 0, base, all.id(i)), all.distance(i), 1e-3);
      }
      BitSet expected = new BitSet();
      expected.set(0, COUNT);
      expected.andNot(lost);
      assertEquals(expected, found);
    }
  }

  // Searches for vectors of the index find them about as often as before the damage.
  private static void assertFindsAsBefore(Path directory, BitSet lost) throws IOException {
    double before = foundShare(sound.resolve("index"), lost);
    double after = foundShare(directory, lost);
    assertTrue(after >= before - 0.03, "before=" + before + ", after=" + after);
  }

  private static double foundShare(Path directory, BitSet lost) throws IOException {
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      int found = 0;
      int asked = 0;
      for (int row = 0; row < COUNT; row += 5) {
        if (!lost.get(row)) {
          SearchResult result =
              index.search(SearchRequest.builder(base, row, 1).searchListSize(30).build());
          asked++;
          found += result.distance(0) == 0 ? 1 : 0;
        }
      }
      return (double) found / asked;
    }
  }
}
