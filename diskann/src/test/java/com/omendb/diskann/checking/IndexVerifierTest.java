package com.omendb.diskann.checking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.BasePageFormat;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.format.NeighbourLists;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.testing.Forger;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: an index as it was built is whole, whatever its type, metric, and the memory and
/// threads of the check; whatever is changed is found, where it is, by a full check, also behind
/// right checksums; a quick check finds what is wrong with manifest, lengths and headers.
class IndexVerifierTest {
  private static final int COUNT = 1_200;
  private static final int DIMENSION = 24;
  private static final int PAGE_BYTES = 4096;
  private static final BuildOptions OPTIONS =
      TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
          .maxDegree(12)
          .tuning(t -> t.buildListSize(20))
          .build();

  @TempDir static Path sound;
  @TempDir Path temporary;
  private Path index = Path.of("");

  @BeforeAll
  static void build() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, 70, arena);
      TestIndexes.build(base, sound.resolve("index"), OPTIONS);
      TestIndexes.build(base, sound.resolve("other"), OPTIONS);
    }
  }

  @AfterAll
  static void nothingHappenedToTheOriginal() throws IOException {
    assertWhole(verify(sound.resolve("index"), full()));
  }

  @BeforeEach
  void copy() throws IOException {
    index = TestFiles.copy(sound.resolve("index"), temporary.resolve("index"));
  }

  private static VerifyOptions full() {
    return options(VerifyOptions.Depth.ALL_CODES);
  }

  private static VerifyOptions options(VerifyOptions.Depth depth) {
    return VerifyOptions.builder(depth).threads(1).memoryBudgetBytes(64L << 20).build();
  }

  private static VerifyReport verify(Path directory, VerifyOptions options) throws IOException {
    return AnnIndex.verify(directory, options, Progress.NONE);
  }

  private static void assertWhole(VerifyReport report) {
    assertEquals(List.of(), report.damages());
    assertTrue(report.isWhole());
  }

  private Damage onlyDamage(VerifyOptions options) throws IOException {
    VerifyReport report = verify(index, options);
    assertEquals(1, report.damages().size(), () -> report.damages().toString());
    assertEquals(1, report.damageCount());
    return report.damages().getFirst();
  }

  private Set<String> kinds(VerifyOptions options) throws IOException {
    return verify(index, options).damages().stream()
        .map(damage -> damage.file() + " " + damage.kind().label())
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource({
    "UINT8, SQUARED_L2, 1",
    "UINT8, COSINE, 30",
    "INT8, INNER_PRODUCT, 130",
    "FLOAT32, SQUARED_L2, 500",
    "FLOAT32, COSINE, 800",
    "FLOAT32, INNER_PRODUCT, 64"
  })
  void anIndexAsItWasBuiltIsWhole(ElementType type, Metric metric, int count) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestIndexes.clustered(count, 40, type, 71, arena);
      Path built =
          TestIndexes.build(
              base, temporary.resolve("built"), TestIndexes.quickBuild("diskann", metric));
      VerifyReport report = verify(built, full());
      assertWhole(report);
      assertEquals(List.of(), report.notes());
      assertEquals(
          report.files().stream()
              .filter(file -> !file.name().equals(Manifest.FILE))
              .mapToLong(VerifyReport.FileCheck::bytes)
              .sum(),
          report.readBytes());
      assertWhole(verify(built, VerifyOptions.quick()));
    }
  }

  @Test
  void memoryAndThreadsChangeNothing() throws IOException {
    assertWhole(verify(index, full().toBuilder().threads(3).build()));
    MemoryBudgetException e =
        assertThrows(
            MemoryBudgetException.class,
            () -> verify(index, full().toBuilder().threads(2).memoryBudgetBytes(1).build()));
    long smallest = e.smallestBudgetBytes();
    // With the smallest memory the graph is walked in the file, and nothing else is kept either.
    assertWhole(verify(index, full().toBuilder().threads(2).memoryBudgetBytes(smallest).build()));
    assertThrows(
        MemoryBudgetException.class,
        () -> verify(index, full().toBuilder().threads(2).memoryBudgetBytes(smallest - 1).build()));
  }

  @Test
  void anyFlippedByteIsFoundInItsFile() throws IOException {
    SplittableRandom random = Seeds.random("anyFlippedByteIsFoundInItsFile", 72);
    Manifest manifest = Manifest.read(index);
    for (int round = 0; round < 60; round++) {
      List<String> names = List.copyOf(manifest.files().keySet());
      String name = names.get(round % names.size());
      Path file = TestFiles.file(index, name);
      long offset = random.nextLong(Files.size(file));
      int bits = random.nextInt(1, 256);
      TestFiles.flip(file, offset, bits);
      VerifyReport report = verify(index, full());
      String what = name + ", offset=" + offset;
      assertTrue(report.damages().stream().anyMatch(damage -> damage.file().equals(name)), what);
      if (name.equals(BasePageFormat.FILE) && offset >= PAGE_BYTES) {
        int page = (int) (offset / PAGE_BYTES) - 1;
        assertEquals(1, report.damagedPages().cardinality(), what);
        assertTrue(report.damagedPages().get(page), what);
        assertEquals((page + 1L) * PAGE_BYTES, report.damages().getFirst().offset());
        assertTrue(report.notes().getFirst().contains("reached"), report.notes()::toString);
      }
      TestFiles.flip(file, offset, bits);
    }
  }

  @Test
  void pagesThatChangedPlacesAreFound() throws IOException {
    Path file = TestFiles.file(index, BasePageFormat.FILE);
    byte[] bytes = Files.readAllBytes(file);
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, 3 * PAGE_BYTES, swapped, 5 * PAGE_BYTES, PAGE_BYTES);
    System.arraycopy(bytes, 5 * PAGE_BYTES, swapped, 3 * PAGE_BYTES, PAGE_BYTES);
    Files.write(file, swapped);
    VerifyReport report = verify(index, full());
    assertEquals("{2, 4}", report.damagedPages().toString());
    assertEquals("pageNumber=2", report.damages().getFirst().expected());
    assertEquals("pageNumber=4", report.damages().getFirst().found());
  }

  @Test
  void quickFindsLengthsHeadersAndMissingFiles() throws IOException {
    Path codes = TestFiles.file(index, "codes-12.pq");
    byte[] whole = Files.readAllBytes(codes);
    for (int length : new int[] {0, 100, 4096, whole.length - 1, whole.length + 1}) {
      Files.write(codes, Arrays.copyOf(whole, length));
      for (VerifyOptions options : List.of(VerifyOptions.quick(), full())) {
        Damage damage = onlyDamage(options);
        assertEquals(Kind.LENGTH, damage.kind());
        assertEquals(length + " bytes", damage.found());
      }
    }
    Files.delete(codes);
    assertEquals(Kind.MISSING, onlyDamage(VerifyOptions.quick()).kind());
    Files.write(codes, whole);
    for (int offset : new int[] {0, 8, 40, 60, 4000, 4095}) {
      TestFiles.flip(codes, offset, 1);
      assertEquals(Kind.HEADER, onlyDamage(VerifyOptions.quick()).kind(), "offset=" + offset);
      TestFiles.flip(codes, offset, 1);
    }
    Files.write(codes, Files.readAllBytes(TestFiles.file(sound.resolve("other"), "codes-12.pq")));
    assertEquals(Kind.FOREIGN, onlyDamage(VerifyOptions.quick()).kind());
    Files.write(codes, whole);
    assertWhole(verify(index, VerifyOptions.quick()));
  }

  @Test
  void aDamagedManifestIsReported() throws IOException {
    Path manifest = index.resolve(Manifest.FILE);
    byte[] whole = Files.readAllBytes(manifest);
    for (int offset = 0; offset < whole.length; offset++) {
      byte[] damaged = whole.clone();
      damaged[offset] ^= 1;
      Files.write(manifest, damaged);
      Damage damage = onlyDamage(VerifyOptions.quick());
      assertEquals(Manifest.FILE, damage.file());
      assertEquals(Kind.MANIFEST, damage.kind());
    }
  }

  @Test
  void whatIsNoIndexOfThisReleaseIsNotDamagedButRefused() throws IOException {
    Path manifest = index.resolve(Manifest.FILE);
    String text = Files.readString(manifest);
    assertThrows(
        NoSuchFileException.class, () -> verify(temporary.resolve("none"), VerifyOptions.quick()));
    Files.delete(manifest);
    assertThrows(NoSuchFileException.class, () -> verify(index, VerifyOptions.quick()));
    Files.write(manifest, signed(text.replace("omendb-manifest=4", "omendb-manifest=9")));
    assertThrows(UnsupportedFormatException.class, () -> verify(index, VerifyOptions.quick()));
    Files.write(manifest, signed(text.replace("kind=diskann", "kind=unheard-of")));
    IOException e = assertThrows(IOException.class, () -> verify(index, VerifyOptions.quick()));
    TestFiles.assertMentions("unheard-of", e);
  }

  private static byte[] signed(String text) {
    String body = text.substring(0, text.lastIndexOf("crc32c="));
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return (body + "crc32c=" + "%08x".formatted(crc.getValue()) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void leftOversAreNotedAndNoDamage() throws IOException {
    Files.writeString(TestFiles.file(index, PageDirectory.FILE).resolveSibling("left.tmp"), "x");
    VerifyReport report = verify(index, VerifyOptions.quick());
    assertWhole(report);
    assertTrue(report.notes().getFirst().contains("left.tmp"), report.notes()::toString);
  }

  @Test
  void anEdgeToTheNodeItselfIsFound() throws IOException {
    new Forger(index).changeNodes(nodes -> nodes.edges[700][0] = 700);
    Damage damage = onlyDamage(full());
    assertEquals(Kind.EDGE, damage.kind());
    assertTrue(damage.found().contains("700"), damage::toString);
    assertTrue(damage.page() > 0 && damage.offset() / PAGE_BYTES == damage.page() + 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nodesThatCannotBeReachedAreFound(boolean inFile) throws IOException {
    new Forger(index)
        .changeNodes(
            nodes -> {
              for (int node = 0; node < COUNT; node++) {
                nodes.edges[node] =
                    Arrays.stream(nodes.edges[node]).filter(n -> n != 11 && n != 900).toArray();
              }
            });
    VerifyOptions options = full();
    if (inFile) {
      MemoryBudgetException e =
          assertThrows(
              MemoryBudgetException.class,
              () -> verify(index, full().toBuilder().memoryBudgetBytes(1).build()));
      options = options.toBuilder().memoryBudgetBytes(e.smallestBudgetBytes()).build();
    }
    VerifyReport report = verify(index, options);
    assertEquals(
        List.of("none to node=11", "none to node=900"),
        report.damages().stream().map(Damage::found).toList());
    assertTrue(report.damages().stream().allMatch(damage -> damage.kind() == Kind.UNREACHABLE));
    assertTrue(report.damagedPages().isEmpty(), "the pages hold what was written");
  }

  @Test
  void anIdThatTwoNodesHaveIsFound() throws IOException {
    new Forger(index).changeNodes(nodes -> nodes.ids[800] = nodes.ids[20]);
    assertEquals(Kind.ID, onlyDamage(full()).kind());
    new Forger(index).changeNodes(nodes -> nodes.ids[800] = Long.MAX_VALUE);
    assertWhole(verify(index, full()));
    new Forger(index).changeNodes(nodes -> nodes.ids[20] = Long.MAX_VALUE);
    assertEquals(Kind.ID, onlyDamage(full()).kind());
  }

  @Test
  void aVectorThatItsCodesDoNotStandForIsFound() throws IOException {
    new Forger(index)
        .changeNodes(
            nodes -> {
              for (int i = 0; i < DIMENSION; i++) {
                long at = 600L * DIMENSION + i;
                byte element = nodes.vectors.get(NativeMemory.BYTE, at);
                nodes.vectors.set(NativeMemory.BYTE, at, (byte) (255 - element));
              }
            });
    assertEquals(Set.of("codes-6.pq code", "codes-9.pq code", "codes-12.pq code"), kinds(full()));
    // So few nodes are all in the sample.
    assertEquals(3, kinds(options(VerifyOptions.Depth.FULL)).size());
  }

  @Test
  void aCodeThatIsNotThatOfItsVectorIsFound() throws IOException {
    new Forger(index)
        .changePayload(
            "codes-9.pq",
            CodesFile.CODES_MAGIC,
            CodesFile.VERSION,
            codes ->
                codes.set(
                    NativeMemory.BYTE,
                    9 * 500 + 3,
                    (byte) (codes.get(NativeMemory.BYTE, 9 * 500 + 3) ^ 0x55)));
    Damage damage = onlyDamage(full());
    assertEquals(Kind.CODE, damage.kind());
    assertEquals(4096 + 9 * 500 + 3, damage.offset());
    assertTrue(damage.expected().contains("node=500, subspace=3"), damage::toString);
  }

  @Test
  void aDirectoryThatSaysOtherPagesIsFound() throws IOException {
    Forger forger = new Forger(index);
    // The second page begins one node later.
    forger.changePayload(
        PageDirectory.FILE,
        PageDirectory.MAGIC,
        PageDirectory.VERSION,
        entries -> {
          long starts = entries.get(NativeMemory.LONG, 12);
          long second = Long.lowestOneBit(starts);
          assertTrue(second > 0, "a page begins with one of the nodes 64 to 126");
          entries.set(NativeMemory.LONG, 12, (starts ^ second) | second << 1);
        });
    assertEquals(Set.of("pages.dir disagreement"), kinds(full()));
    forger.changePayload(
        PageDirectory.FILE,
        PageDirectory.MAGIC,
        PageDirectory.VERSION,
        entries -> entries.set(NativeMemory.INT, 12 + 8, 0));
    assertEquals(Set.of("pages.dir disagreement"), kinds(full()));
  }

  @Test
  void aPageThatBreaksTheFormatIsFound() throws IOException {
    Forger forger = new Forger(index);
    forger.changePage(3, page -> page.set(NativeMemory.BYTE, PAGE_BYTES - 1, (byte) 1));
    forger.changePage(4, page -> page.set(NativeMemory.SHORT, 14, (short) 1));
    forger.changePage(
        5,
        page -> page.set(NativeMemory.INT, 8, page.get(NativeMemory.INT, 8) + 1)); // the first node
    VerifyReport report = verify(index, full());
    assertTrue(report.damagedPages().get(3) && report.damagedPages().get(4));
    assertEquals(Kind.FORMAT, report.damages().getFirst().kind());
    assertEquals(5L * PAGE_BYTES - 1, report.damages().getFirst().offset());
    assertTrue(report.damages().stream().anyMatch(damage -> damage.page() == 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pages.graph", "thin.graph"})
  void aGraphThatBreaksTheFormatIsFound(String name) throws IOException {
    SplittableRandom random = Seeds.random("aGraphThatBreaksTheFormatIsFound", 73);
    int found = 0;
    for (int round = 0; round < 40; round++) {
      Path changed = TestFiles.copy(sound.resolve("index"), temporary.resolve("changed" + round));
      new Forger(changed)
          .changePayload(
              name,
              NeighbourLists.MAGIC,
              NeighbourLists.VERSION,
              payload -> {
                long at = random.nextLong(random.nextBoolean() ? 200 : payload.byteSize());
                byte bits = (byte) random.nextInt(1, 256);
                payload.set(
                    NativeMemory.BYTE, at, (byte) (payload.get(NativeMemory.BYTE, at) ^ bits));
              });
      for (Damage damage : verify(changed, full()).damages()) {
        assertEquals(name, damage.file());
        assertTrue(damage.kind() == Kind.FORMAT || damage.kind() == Kind.EDGE, damage::toString);
        found++;
      }
    }
    assertTrue(found >= 20, "a changed offset is never a list; a changed neighbour may be one");
  }

  @Test
  void damagesAreCountedBeyondTheList() throws IOException {
    Path file = TestFiles.file(index, BasePageFormat.FILE);
    for (int page = 0; page < 10; page++) {
      TestFiles.flip(file, (page + 1L) * PAGE_BYTES + 100, 1);
    }
    VerifyReport report = verify(index, full().toBuilder().maxDamages(4).build());
    assertEquals(4, report.damages().size());
    assertEquals(10, report.damageCount());
    assertEquals(10, report.damagedPages().cardinality());
  }

  @Test
  void aFileThatBecomesShorterWhileItIsReadIsDamagedAndNoCrash() throws IOException {
    Path file = TestFiles.file(index, "thin.graph");
    byte[] whole = Files.readAllBytes(file);
    Progress cut =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            if (name.startsWith("read files")) {
              try {
                Files.write(file, Arrays.copyOf(whole, 5000));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            }
          }

          @Override
          public void advance(long units) {}
        };
    VerifyReport report = AnnIndex.verify(index, full(), cut);
    assertEquals(Kind.UNREADABLE, report.damages().getFirst().kind());
    assertEquals("thin.graph", report.damages().getFirst().file());
  }
}
