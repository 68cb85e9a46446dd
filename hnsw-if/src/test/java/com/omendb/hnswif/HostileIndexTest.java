package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.AnnIndex;
import com.omendb.store.ReadEngine;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Fuzz;
import com.omendb.vectors.testing.Mender;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Indexes that somebody forged: every checksum and length is right, the contents are nonsense.
/// Invariant: opening or searching ends with a typed exception or with a result, never with another
/// exception, a crash, or not at all.
class HostileIndexTest {
  private static final int COUNT = 500;
  private static final int DIMENSION = 8;
  private static final int PAGE_BYTES = 4096;
  private static final int HEADER_BYTES = 4096;
  private static final int MANIFEST = 255;
  private static final Residency[] RESIDENCIES = {
    Residency.PAGES, Residency.GROUPS, Residency.GRAPH, Residency.ALL
  };

  @TempDir private static Path folder;

  private static final Arena ARENA = Arena.ofShared();
  private static final VectorSource UINT8 = vectors(ElementType.UINT8, COUNT, DIMENSION);
  private static @Nullable ForgedIndex uint8Index;

  private VectorSource base = UINT8;
  private ForgedIndex index = Objects.requireNonNull(uint8Index);

  @BeforeAll
  static void build() throws IOException {
    uint8Index = build(UINT8, "uint8");
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private static VectorSource vectors(ElementType type, int count, int dimension) {
    return TestIndexes.clustered(count, dimension, type, 9, ARENA);
  }

  private static ForgedIndex build(VectorSource vectors, String name) throws IOException {
    return ForgedIndex.load(
        TestIndexes.build(
            vectors,
            folder.resolve(name),
            TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
                .maxDegree(8)
                .tuning(t -> t.buildListSize(16).codes("pq:2"))
                .build()));
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void forgedFilesAreRefusedOrSearched(ElementType type) throws Exception {
    base = vectors(type, COUNT, DIMENSION);
    index = build(base, "forged-" + type.label());
    // The first byte says which file the others are.
    Fuzz.of("index-" + type.label(), 402)
        .from(inputs())
        .damaging(this::damage)
        .mending(this::mend)
        .run(
            30,
            input -> {
              forge(input);
              IOException first = null;
              for (Residency residency : RESIDENCIES) {
                try {
                  search(residency);
                } catch (IOException e) {
                  first = first == null ? e : first;
                }
              }
              verify();
              if (first != null) {
                throw first;
              }
            });
  }

  @Test
  void forgedIndexesAreRepairedOrNot() throws Exception {
    Path repaired = folder.resolve("repaired");
    RepairOptions options = RepairOptions.builder().threads(1).build();
    Fuzz.of("repair", 403)
        .from(inputs())
        .damaging(this::damage)
        .mending(this::mend)
        .run(
            8,
            input -> {
              forge(input);
              try {
                RepairReport report =
                    AnnIndex.repair(
                        index.directory, repaired, Optional.empty(), options, Progress.NONE);
                assertTrue(report.count() >= 1);
                AnnIndex.open(repaired, TestIndexes.quickOpen()).close();
              } finally {
                deleteTree(repaired);
              }
            });
  }

  private static void deleteTree(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /// The files of the index, each with its number before it.
  private byte[][] inputs() {
    return IntStream.rangeClosed(0, index.names.size())
        .mapToObj(
            i ->
                i < index.names.size()
                    ? prefixed(i, index.sound(index.names.get(i)))
                    : prefixed(MANIFEST, index.sound(Manifest.FILE)))
        .toArray(byte[][]::new);
  }

  private void forge(byte[] input) throws IOException {
    index.forge(name(input), Arrays.copyOfRange(input, Math.min(1, input.length), input.length));
  }

  private String name(byte[] input) {
    int file = input.length == 0 ? 0 : input[0] & 0xff;
    return file == MANIFEST ? Manifest.FILE : index.names.get(file % index.names.size());
  }

  private static byte[] prefixed(int file, byte[] bytes) {
    byte[] all = new byte[bytes.length + 1];
    all[0] = (byte) file;
    System.arraycopy(bytes, 0, all, 1, bytes.length);
    return all;
  }

  /// Damage where it matters: fields of headers, tables of pages, the beginnings of payloads.
  private byte[] damage(byte[] input, SplittableRandom random) {
    if (name(input).equals(Manifest.FILE)) {
      return input;
    }
    for (int rest = random.nextInt(1, 4); rest > 0; rest--) {
      int pages = (input.length - 1) / PAGE_BYTES - 1;
      int at =
          switch (random.nextInt(3)) {
            case 0 -> 49 + random.nextInt(80);
            case 1 ->
                1 + HEADER_BYTES + random.nextInt(Math.max(1, input.length - 1 - HEADER_BYTES));
            default ->
                pages < 1
                    ? 1 + HEADER_BYTES
                    : 1 + (1 + random.nextInt(pages)) * PAGE_BYTES + 8 + random.nextInt(300);
          };
      if (at < input.length) {
        input[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : input[at] + random.nextInt(-2, 3));
      }
    }
    return input;
  }

  private byte[] mend(byte[] input) {
    if (input.length == 0) {
      return input;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    return prefixed(input[0] & 0xff, ForgedIndex.mend(name(input), bytes));
  }

  private void search(Residency residency) throws IOException {
    try (AnnIndex open =
        AnnIndex.open(
            index.directory,
            TestIndexes.quickOpen().toBuilder()
                .tuning(t -> t.residency(residency).readEngine(ReadEngine.MAPPED))
                .build())) {
      for (int k : new int[] {1, 10, COUNT}) {
        SearchResult result = open.search(SearchRequest.of(base, k % COUNT, k));
        assertTrue(result.count() <= k);
      }
    }
  }

  /// A check of the index has something to say about anything; a later version is none of its own.
  private void verify() throws IOException {
    for (VerifyOptions options :
        new VerifyOptions[] {VerifyOptions.quick(), VerifyOptions.full()}) {
      try {
        VerifyReport report =
            AnnIndex.verify(
                index.directory,
                options.toBuilder().memoryBudgetBytes(64 << 20).threads(1).build(),
                Progress.NONE);
        assertTrue(report.damageCount() >= 0);
      } catch (UnsupportedFormatException e) {
        assertTrue(e.formatVersion() != 2);
      }
    }
  }

  private CorruptFileException assertRefused(Residency... residencies) {
    CorruptFileException last = null;
    for (Residency residency : residencies) {
      last = assertThrows(CorruptFileException.class, () -> search(residency), residency.label());
    }
    return Objects.requireNonNull(last);
  }

  @Test
  void neighboursOutOfRange() throws Exception {
    byte[] pages = index.sound("base.pages");
    for (int at = HEADER_BYTES; at < pages.length; at += PAGE_BYTES) {
      int count = Short.toUnsignedInt(le(pages).getShort(at + 12));
      for (int slot = 0; slot < count; slot++) {
        int record = at + Short.toUnsignedInt(le(pages).getShort(at + 16 + 2 * slot));
        int list = record + DIMENSION + 1;
        list += pages[list - 1] < 0 ? 1 : 0;
        // Of all neighbours, differences in all bits, and all of them set.
        int degree = pages[list] & 0xff;
        Arrays.fill(pages, list + 1, list + 1 + (degree + 1) / 2, (byte) 0xff);
        Arrays.fill(pages, list + 1 + (degree + 1) / 2, list + 2 + (degree + 1) / 2, (byte) 0xff);
      }
    }
    index.forge("base.pages", Mender.pages(pages));
    CorruptFileException e = assertRefused(Residency.PAGES, Residency.GROUPS);
    assertTrue(e.path().endsWith("base.pages"));
  }

  @Test
  void wrongRecordCounts() throws Exception {
    for (int count : new int[] {0, 1, 2, 2039, 2040, 2041, 65_535}) {
      byte[] pages = index.sound("base.pages");
      for (int at = HEADER_BYTES; at < pages.length; at += PAGE_BYTES) {
        le(pages).putShort(at + 12, (short) count);
      }
      index.forge("base.pages", Mender.pages(pages));
      assertRefused(RESIDENCIES);
    }
  }

  @Test
  void pagesInAnotherOrder() throws Exception {
    byte[] pages = index.sound("base.pages");
    byte[] swapped = pages.clone();
    System.arraycopy(pages, 2 * PAGE_BYTES, swapped, PAGE_BYTES, PAGE_BYTES);
    System.arraycopy(pages, PAGE_BYTES, swapped, 2 * PAGE_BYTES, PAGE_BYTES);
    index.forge("base.pages", Mender.pages(swapped));
    assertRefused(RESIDENCIES);
  }

  @Test
  void aDirectoryOfAnotherPacking() throws Exception {
    byte[] directory = index.sound("pages.dir");
    // The last page begins one node later.
    int at = directory.length - 12;
    while (le(directory).getLong(at) == 0) {
      at -= 12;
    }
    long starts = le(directory).getLong(at);
    long last = Long.highestOneBit(starts);
    le(directory).putLong(at, starts ^ last ^ (last << 1));
    index.forge("pages.dir", Mender.segment(directory));
    // With all vectors in memory nobody looks a page up.
    assertRefused(Residency.PAGES, Residency.GROUPS, Residency.GRAPH);
  }

  @Test
  void filesOfAnotherDimensionOrCount() throws Exception {
    ForgedIndex wider = build(vectors(ElementType.UINT8, COUNT, DIMENSION + 1), "wider");
    assertRefused(wider, "base.pages", Residency.PAGES);
    assertRefused(wider, "codebook-2.pq", Residency.PAGES);
    assertRefused(wider, "layers.hnsw", Residency.PAGES);
    ForgedIndex fewer = build(vectors(ElementType.UINT8, COUNT / 2, DIMENSION), "fewer");
    assertRefused(fewer, "base.pages", Residency.PAGES);
    assertRefused(fewer, "pages.dir", Residency.PAGES);
    assertRefused(fewer, "codes-2.pq", Residency.PAGES);
    assertRefused(fewer, "pages.graph", Residency.GROUPS);
    assertRefused(fewer, "means-2.pq", Residency.GROUPS);
    assertRefused(fewer, "thin.graph", Residency.GRAPH);
  }

  /// The file of an index of other vectors is refused, although it says it is of this index.
  private void assertRefused(ForgedIndex other, String name, Residency residency)
      throws IOException {
    byte[] bytes = other.sound(name);
    le(bytes)
        .putLong(16, index.id.getMostSignificantBits())
        .putLong(24, index.id.getLeastSignificantBits());
    index.forge(name, ForgedIndex.mend(name, bytes));
    assertRefused(residency);
  }

  @Test
  void aHeaderThatPromisesMoreNodesThanPagesHold() throws Exception {
    long many = Integer.MAX_VALUE - 8L;
    byte[] pages = index.sound("base.pages");
    le(pages).putLong(48, many);
    index.forge("base.pages", Mender.pages(pages));
    Manifest sound = Manifest.read(index.directory);
    index.forge(
        Manifest.FILE,
        new Manifest(
                sound.kind(),
                sound.indexId(),
                many,
                sound.dimension(),
                sound.elementType(),
                sound.metric(),
                sound.settings(),
                sound.files())
            .encode(),
        "base.pages");
    assertRefused(RESIDENCIES);
  }

  @Test
  void aBaseLayerWithoutPages() throws Exception {
    index.forge("base.pages", Mender.pages(Arrays.copyOf(index.sound("base.pages"), PAGE_BYTES)));
    assertRefused(RESIDENCIES);
  }

  @Test
  void aManifestThatLacksAFile() throws Exception {
    Manifest sound = Manifest.read(index.directory);
    for (String name : sound.files().keySet()) {
      TreeMap<String, Manifest.FileEntry> fewer = new TreeMap<>(sound.files());
      fewer.remove(name);
      index.forge(
          Manifest.FILE,
          new Manifest(
                  sound.kind(),
                  sound.indexId(),
                  sound.count(),
                  sound.dimension(),
                  sound.elementType(),
                  sound.metric(),
                  sound.settings(),
                  fewer)
              .encode());
      TestFiles.assertMentions(name, assertRefused(RESIDENCIES));
    }
  }

  @Test
  void errorsOfCodesThatAreNoNumbers() throws Exception {
    for (double error : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1}) {
      byte[] codebook = index.sound("codebook-2.pq");
      le(codebook).putLong(48 + 5 * 8, Double.doubleToRawLongBits(error));
      index.forge("codebook-2.pq", Mender.segment(codebook));
      assertRefused(Residency.PAGES);
    }
  }

  private static ByteBuffer le(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
