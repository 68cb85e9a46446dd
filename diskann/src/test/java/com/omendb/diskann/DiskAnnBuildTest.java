package com.omendb.diskann;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildMethod;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.TestFiles;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Builds that are refused, fail or replace an index. Invariants: a new index appears complete or
/// not at all; the old one is byte for byte the same until then and can be searched all the while;
/// a refusal says what is wrong and leaves nothing behind, a failure at most what can be resumed;
/// progress adds up.
@Timeout(120)
class DiskAnnBuildTest {
  private static final int COUNT = 300;
  private static final BuildOptions OPTIONS =
      TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
          .maxDegree(8)
          .tuning(t -> t.buildListSize(16))
          .build();

  @TempDir Path temporary;

  private final Arena arena = Arena.ofShared();
  private final VectorSource old = TestIndexes.clustered(COUNT, 8, ElementType.UINT8, 50, arena);
  private final VectorSource other = TestIndexes.clustered(COUNT, 8, ElementType.UINT8, 51, arena);

  @AfterEach
  void free() {
    arena.close();
  }

  /// Something that happens when a phase of a build begins.
  private interface Event {
    void at(String phase) throws IOException;
  }

  private static Progress progress(Event event) {
    return new Progress() {
      @Override
      public void phase(String name, long totalUnits) {
        try {
          event.at(name);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void advance(long units) {}
    };
  }

  @Test
  void everyPhaseReportsAllItsUnits() throws Exception {
    Map<String, long[]> phases = new LinkedHashMap<>();
    Progress progress =
        new Progress() {
          private long[] current = new long[2];

          @Override
          public synchronized void phase(String name, long totalUnits) {
            current = new long[] {totalUnits, 0};
            assertFalse(phases.containsKey(name), "twice: " + name);
            phases.put(name, current);
          }

          @Override
          public synchronized void advance(long units) {
            current[1] += units;
          }
        };
    VectorSource many = TestIndexes.clustered(2_500, 8, ElementType.UINT8, 52, arena);
    AnnIndex.build(
        many, temporary.resolve("index"), OPTIONS.toBuilder().threads(2).build(), progress);
    assertTrue(phases.size() >= 6, "phases=" + phases.keySet());
    phases.forEach((name, units) -> assertEquals(units[0], units[1], name));
  }

  @Test
  void aFailureInAnyPhaseLeavesTheOldIndexAsItWas() throws Exception {
    Path directory = TestIndexes.build(old, temporary.resolve("index"), OPTIONS);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    for (String failing : phases()) {
      IllegalStateException failure = new IllegalStateException("failing in " + failing);
      Progress progress =
          progress(
              phase -> {
                if (phase.equals(failing)) {
                  throw failure;
                }
              });
      assertSame(
          failure,
          assertThrows(
              IllegalStateException.class,
              () ->
                  AnnIndex.build(
                      other, directory, OPTIONS.toBuilder().overwrite(true).build(), progress)));
      assertUntouched(before, directory);
      Path fresh = temporary.resolve("fresh");
      assertThrows(
          IllegalStateException.class, () -> AnnIndex.build(other, fresh, OPTIONS, progress));
      assertFalse(Files.exists(fresh.resolve("manifest.omen")), "left behind by " + failing);
    }
    assertSearchable(directory, old);
  }

  @Test
  void anInterruptInAnyPhaseLeavesTheOldIndexAsItWas() throws Exception {
    Path directory = TestIndexes.build(old, temporary.resolve("index"), OPTIONS);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    for (String interrupted : phases()) {
      Progress progress =
          progress(
              phase -> {
                if (phase.equals(interrupted)) {
                  Thread.currentThread().interrupt();
                }
              });
      assertThrows(
          Exception.class,
          () ->
              AnnIndex.build(
                  other, directory, OPTIONS.toBuilder().overwrite(true).build(), progress),
          interrupted);
      assertTrue(Thread.interrupted(), "the interrupt is kept: " + interrupted);
      assertUntouched(before, directory);
    }
    assertSearchable(directory, old);
  }

  @ParameterizedTest
  @ValueSource(strings = {"base.pages", "pages.dir", "codes-2.pq", "codebook-2.pq"})
  void aFileThatCannotBeWrittenLeavesTheOldIndexAsItWas(String file) throws Exception {
    Path directory = TestIndexes.build(old, temporary.resolve("index"), OPTIONS);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    Progress progress =
        progress(
            phase -> {
              if (phase.equals("write pages")) {
                // Something is where the file has to be created.
                Files.createDirectory(stagingOf(directory, before).resolve(file));
              }
            });
    assertThrows(
        FileAlreadyExistsException.class,
        () ->
            AnnIndex.build(
                other, directory, OPTIONS.toBuilder().overwrite(true).build(), progress));
    assertUntouched(before, directory);
    assertSearchable(directory, old);
  }

  private static Path stagingOf(Path directory, SortedMap<String, byte[]> before)
      throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(Files::isDirectory)
          .filter(
              entry ->
                  before.keySet().stream()
                      .noneMatch(name -> name.startsWith(entry.getFileName().toString())))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void anIndexIsReplacedOnlyIfAskedAndThenWhileItIsSearched() throws Exception {
    Path directory = TestIndexes.build(old, temporary.resolve("index"), OPTIONS);
    SortedMap<String, byte[]> before = TestFiles.snapshot(directory);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> AnnIndex.build(other, directory, OPTIONS, Progress.NONE));
    assertUnchanged(before, directory);
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      SearchResult expected = index.search(SearchRequest.of(old, 7, 10));
      long[] nearest = new long[COUNT];
      for (int row = 0; row < COUNT; row++) {
        nearest[row] = index.search(SearchRequest.of(old, row, 1)).id(0);
      }
      Progress progress = progress(_ -> assertSameResult(expected, index));
      AnnIndex.build(other, directory, OPTIONS.toBuilder().overwrite(true).build(), progress);
      // Its files are deleted by now, yet as long as it is open it can read them.
      for (int row = 0; row < COUNT; row++) {
        assertEquals(nearest[row], index.search(SearchRequest.of(old, row, 1)).id(0));
      }
      assertSameResult(expected, index);
    }
    assertSearchable(directory, other);
    assertEquals(before.size(), TestFiles.snapshot(directory).size(), "no file is left over");
  }

  private void assertSameResult(SearchResult expected, AnnIndex index) throws IOException {
    SearchResult result = index.search(SearchRequest.of(old, 7, 10));
    assertArrayEquals(expected.ids(), result.ids());
  }

  @Test
  void oneSeedOnOneThreadGivesTheSamePagesAndCodes() throws Exception {
    for (BuildMethod method : BuildMethod.values()) {
      BuildOptions options = OPTIONS.toBuilder().tuning(t -> t.method(method)).build();
      Path first = TestIndexes.build(old, temporary.resolve("first " + method), options);
      Path second = TestIndexes.build(old, temporary.resolve("second " + method), options);
      for (String file : List.of("base.pages", "pages.dir", "codes-2.pq", "codebook-2.pq")) {
        assertArrayEquals(payload(first, file), payload(second, file), file);
      }
    }
    // So few vectors are one leaf, whose graph is the same with any seed.
    BuildOptions options = OPTIONS.toBuilder().tuning(t -> t.method(BuildMethod.VAMANA)).build();
    Path first = temporary.resolve("first " + BuildMethod.VAMANA);
    Path reseeded =
        TestIndexes.build(
            old, temporary.resolve("reseeded"), options.toBuilder().tuning(t -> t.seed(1)).build());
    assertFalse(Arrays.equals(payload(first, "base.pages"), payload(reseeded, "base.pages")));
  }

  /// All of a file but its header, which holds the index's own id.
  private static byte[] payload(Path index, String file) throws IOException {
    byte[] bytes = Files.readAllBytes(TestFiles.file(index, file));
    return Arrays.copyOfRange(bytes, 4096, bytes.length);
  }

  @Test
  void theSmallestBuildBudgetNamedIsEnoughAndOneByteLessIsNot() throws Exception {
    Path directory = temporary.resolve("index");
    MemoryBudgetException refusal =
        assertThrows(
            MemoryBudgetException.class,
            () ->
                TestIndexes.build(
                    old, directory, OPTIONS.toBuilder().memoryBudgetBytes(1).build()));
    TestFiles.assertMentions("build", refusal);
    long smallest = refusal.smallestBudgetBytes();
    MemoryBudgetException again =
        assertThrows(
            MemoryBudgetException.class,
            () ->
                TestIndexes.build(
                    old, directory, OPTIONS.toBuilder().memoryBudgetBytes(smallest - 1).build()));
    assertEquals(smallest, again.smallestBudgetBytes());
    assertFalse(Files.exists(directory), "a refusal creates nothing");
    TestIndexes.build(old, directory, OPTIONS.toBuilder().memoryBudgetBytes(smallest).build());
    assertSearchable(directory, old);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e30f})
  void anUnusableElementIsNamedByItsRowAndColumn(float value) throws Exception {
    VectorSource base =
        TestRows.uniform(new SplittableRandom(1), 40, 6, ElementType.FLOAT32, arena);
    base.segment().set(NativeMemory.FLOAT, base.offset(17) + 3 * 4, value);
    assertNothingBuilt(base, OPTIONS, "row=17", "column=3");
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void aZeroVectorUnderCosineIsNamedByItsRow(ElementType type) throws Exception {
    VectorSource base = TestRows.uniform(new SplittableRandom(1), 40, 6, type, arena);
    base.segment().asSlice(base.offset(31), base.vectorBytes()).fill((byte) 0);
    assertNothingBuilt(base, OPTIONS.toBuilder().metric(Metric.COSINE).build(), "row=31");
    TestIndexes.build(base, temporary.resolve("l2"), OPTIONS);
  }

  @Test
  void noVectorsAndTooManySubspacesAreRefused() throws Exception {
    VectorSource none = VectorSource.dense(MemorySegment.NULL, 0, 6, ElementType.INT8);
    assertNothingBuilt(none, OPTIONS, "count=0");
    assertNothingBuilt(
        old, OPTIONS.toBuilder().tuning(t -> t.codes("pq:9")).build(), "code=pq:9", "dimension=8");
    assertNothingBuilt(
        old, OPTIONS.toBuilder().tuning(t -> t.codes("pq:2", "9")).build(), "code=9");
    assertNothingBuilt(
        old,
        OPTIONS.toBuilder().tuning(t -> t.codes("unheard:2")).build(),
        "known are pq",
        "kind=unheard");
    assertNothingBuilt(
        old, OPTIONS.toBuilder().kind("unheard-of").build(), "kind=unheard-of", "diskann");
  }

  @Test
  void anIndexKeepsTheCodesThatWereAskedFor() throws Exception {
    Path index =
        TestIndexes.build(
            old,
            temporary.resolve("codes"),
            OPTIONS.toBuilder().tuning(t -> t.codes("pq:5", "pq:2", "pq:5")).build());
    assertEquals(
        "2,5", Manifest.read(index).settings().get("subspaceCounts"), "ascending, each once");
    assertTrue(AnnIndex.verify(index, VerifyOptions.full(), Progress.NONE).isWhole());
    try (AnnIndex opened = AnnIndex.open(index, TestIndexes.quickOpen())) {
      assertEquals("pq:5", opened.info().settings().get("code"), "the largest has room");
      assertEquals(0, opened.search(SearchRequest.of(old, 0, 1)).distance(0));
    }
  }

  /// Builds where nothing is, in an empty directory and over an index: all must stay as they were.
  private void assertNothingBuilt(VectorSource base, BuildOptions options, String... parts)
      throws IOException {
    Path fresh = temporary.resolve("fresh");
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    Path index =
        TestIndexes.build(
            old, temporary.resolve("index"), OPTIONS.toBuilder().overwrite(true).build());
    SortedMap<String, byte[]> before = TestFiles.snapshot(index);
    for (Path directory : List.of(fresh, empty, index)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  TestIndexes.build(base, directory, options.toBuilder().overwrite(true).build()));
      for (String part : parts) {
        TestFiles.assertMentions(part, e);
      }
    }
    assertFalse(Files.exists(fresh));
    assertTrue(Files.isDirectory(empty) && TestFiles.snapshot(empty).isEmpty());
    assertUnchanged(before, index);
  }

  private List<String> phases() throws IOException {
    Map<String, Boolean> phases = new LinkedHashMap<>();
    AnnIndex.build(
        other, temporary.resolve("phases"), OPTIONS, progress(name -> phases.put(name, true)));
    return List.copyOf(phases.keySet());
  }

  private static void assertSearchable(Path directory, VectorSource base) throws IOException {
    try (AnnIndex index = AnnIndex.open(directory, TestIndexes.quickOpen())) {
      for (int row = 0; row < COUNT; row += 10) {
        assertEquals(0, index.search(SearchRequest.of(base, row, 1)).distance(0));
      }
    }
  }

  /// What is there beside the index as it was must be what one build can be resumed from.
  private static void assertUntouched(SortedMap<String, byte[]> before, Path directory)
      throws IOException {
    SortedMap<String, byte[]> after = TestFiles.snapshot(directory);
    before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
    after.keySet().removeAll(before.keySet());
    List<String> states =
        after.keySet().stream().filter(name -> name.endsWith("build.state")).toList();
    assertEquals(after.isEmpty() ? 0 : 1, states.size(), after.keySet().toString());
    for (String name : after.keySet()) {
      assertEquals(Path.of(states.getFirst()).getParent(), Path.of(name).getParent());
    }
  }

  private static void assertUnchanged(SortedMap<String, byte[]> before, Path directory)
      throws IOException {
    SortedMap<String, byte[]> after = TestFiles.snapshot(directory);
    assertEquals(before.keySet(), after.keySet());
    before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
  }
}
