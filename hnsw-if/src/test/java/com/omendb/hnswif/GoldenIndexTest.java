package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.UnsupportedFormatException;
import com.omendb.store.AnnIndex;
import com.omendb.store.IndexInfo;
import com.omendb.store.Residency;
import com.omendb.store.SearchRequest;
import com.omendb.store.SearchResult;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Mender;
import com.omendb.vectors.testing.TestFiles;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Indexes of format versions 2 to 4 that earlier builds wrote. Invariant: every later release
/// opens them and finds in them what `expected.txt` says, to the last bit, verifies and repairs
/// them.
///
/// A change of the format adds another directory beside `v4`. To write the files of the present
/// version anew: `mvn verify -pl hnsw-if -am -Dtest=GoldenIndexTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Domen.golden=write`.
class GoldenIndexTest {
  private static final String VERSION = "golden/v4";
  private static final String INDEX = "index";
  private static final String EXPECTED = "expected.txt";

  /// Where every header has its version, whatever the version.
  private static final int VERSION_OFFSET = 8;

  private static final int COUNT = 300;
  private static final int DIMENSION = 8;
  private static final int QUERIES = 6;
  private static final int K = 10;

  @TempDir Path temporary;

  private static final Arena ARENA = Arena.ofShared();
  private static final VectorSource BASE = vectors(0, COUNT);
  private static final VectorSource QUERY_VECTORS = vectors(1_000_000, QUERIES);
  private static final int[] VERSIONS = {2, 3, 4};

  @BeforeAll
  static void write() throws IOException {
    if (System.getProperty("omen.golden", "").equals("write")) {
      write(Path.of("src/test/resources").resolve(VERSION));
    }
  }

  static int[] versions() {
    return VERSIONS.clone();
  }

  private static Path golden(int version) throws URISyntaxException {
    String name = "golden/v" + version;
    URL resource = GoldenIndexTest.class.getResource("/" + name);
    return Path.of(Objects.requireNonNull(resource, name).toURI());
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  private static void write(Path golden) throws IOException {
    Files.createDirectories(golden);
    TestIndexes.build(
        BASE,
        golden.resolve(INDEX),
        TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
            .maxDegree(8)
            .overwrite(true)
            .tuning(t -> t.buildListSize(16))
            .build());
    Files.write(golden.resolve(EXPECTED), expectedLines());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void searchesFindWhatTheFileSays(int version) throws Exception {
    Path golden = golden(version);
    List<String> found = new ArrayList<>();
    try (AnnIndex index = AnnIndex.open(golden.resolve(INDEX), TestIndexes.quickOpen())) {
      for (int query = 0; query < QUERIES; query++) {
        // A list of every vector makes the search exhaustive.
        SearchResult result =
            index.search(
                SearchRequest.builder(QUERY_VECTORS, query, K).searchListSize(COUNT).build());
        found.add(
            IntStream.range(0, result.count())
                .mapToObj(rank -> neighbour(result.id(rank), result.distance(rank)))
                .collect(Collectors.joining(" ")));
      }
    }
    assertEquals(Files.readAllLines(golden.resolve(EXPECTED)), found);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void theFileSaysWhatADirectComparisonFinds(int version) throws Exception {
    Path golden = golden(version);
    assertEquals(expectedLines(), Files.readAllLines(golden.resolve(EXPECTED)));
  }

  @Test
  void anIndexOfVersionOneIsRefusedAndCanBeReplaced() throws Exception {
    Path index = Files.createDirectories(temporary.resolve("index"));
    URL manifest = GoldenIndexTest.class.getResource("/golden/v1/index/manifest.omen");
    Files.copy(Path.of(Objects.requireNonNull(manifest).toURI()), index.resolve("manifest.omen"));
    UnsupportedFormatException e =
        assertThrows(
            UnsupportedFormatException.class,
            () -> AnnIndex.open(index, TestIndexes.quickOpen()).close());
    assertEquals(1, e.formatVersion());
    TestFiles.assertMentions("version 1, this release reads 2 to 4; build the index again", e);
    TestIndexes.build(
        BASE,
        index,
        TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder().overwrite(true).build());
    try (AnnIndex open = AnnIndex.open(index, TestIndexes.quickOpen())) {
      assertEquals(COUNT, open.info().count());
    }
  }

  @Test
  void filesOfALaterVersionAreToldFromDamagedOnes() throws Exception {
    Path copy = TestFiles.copy(golden(4).resolve(INDEX), temporary.resolve("copy"));
    ForgedIndex index = ForgedIndex.load(copy);
    for (String name : index.names) {
      byte[] bytes = index.sound(name);
      int version = bytes[VERSION_OFFSET];
      bytes[VERSION_OFFSET] = (byte) (version + 7);
      index.forge(name, ForgedIndex.mend(name, bytes));
      Residency residency =
          switch (name) {
            case "thin.graph" -> Residency.GRAPH;
            case "pages.graph", "means-4.pq" -> Residency.GROUPS;
            default -> Residency.PAGES;
          };
      if (name.endsWith("-2.pq") || name.endsWith("-3.pq")) {
        continue; // Of several sizes the largest is read.
      }
      TestFiles.assertMentions(
          ("written by version %d, this release reads %d to %d; open it with the release that wrote"
                  + " it, or a later one: path=%s")
              .formatted(version + 7, version, version, TestFiles.file(copy, name)),
          assertThrows(
              UnsupportedFormatException.class,
              () ->
                  AnnIndex.open(
                          copy,
                          TestIndexes.quickOpen().toBuilder()
                              .tuning(t -> t.residency(residency))
                              .build())
                      .close()));
    }
    String manifest = new String(index.sound(Manifest.FILE), StandardCharsets.UTF_8);
    index.forge(
        Manifest.FILE,
        Mender.manifest(
            manifest
                .replace("omendb-manifest=4", "omendb-manifest=5")
                .getBytes(StandardCharsets.UTF_8)));
    TestFiles.assertMentions(
        "written by version 5, this release reads 2 to 4",
        assertThrows(
            UnsupportedFormatException.class,
            () -> AnnIndex.open(copy, TestIndexes.quickOpen()).close()));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void everyVectorIsInItUnchanged(int version) throws Exception {
    Path golden = golden(version);
    try (AnnIndex index = AnnIndex.open(golden.resolve(INDEX), TestIndexes.quickOpen())) {
      for (int row = 0; row < COUNT; row++) {
        SearchResult result = index.search(SearchRequest.of(BASE, row, COUNT));
        assertEquals(COUNT, result.count());
        assertEquals(row, result.id(0));
        TestIndexes.assertExact(result, Metric.SQUARED_L2, BASE, row, BASE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void theInfoAndTheManifestAreThoseOfTheVersion(int version) throws Exception {
    Path golden = golden(version);
    try (AnnIndex index = AnnIndex.open(golden.resolve(INDEX), TestIndexes.quickOpen())) {
      IndexInfo info = index.info();
      assertEquals("hybrid", info.kind());
      assertEquals(version, info.formatVersion());
      assertEquals(COUNT, info.count());
      assertEquals(DIMENSION, info.dimension());
      assertEquals(ElementType.UINT8, info.elementType());
      assertEquals(Metric.SQUARED_L2, info.metric());
      assertEquals(OptionalInt.of(8), info.maxDegree());
      assertTrue(info.pageCount().orElse(0) >= 2);
    }
    Path manifest = golden.resolve(INDEX).resolve(Manifest.FILE);
    assertArrayEquals(Files.readAllBytes(manifest), Manifest.read(golden.resolve(INDEX)).encode());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void itIsVerifiedAndRepaired(int version) throws Exception {
    Path index = golden(version).resolve(INDEX);
    VerifyOptions full = VerifyOptions.full().toBuilder().threads(1).build();
    assertEquals(List.of(), AnnIndex.verify(index, full, Progress.NONE).damages());
    Path damaged = TestFiles.copy(index, temporary.resolve("damaged"));
    Files.delete(TestFiles.file(damaged, "layers.hnsw"));
    Path repaired = temporary.resolve("repaired");
    AnnIndex.repair(damaged, repaired, Optional.empty(), RepairOptions.defaults(), Progress.NONE);
    assertEquals(List.of(), AnnIndex.verify(repaired, full, Progress.NONE).damages());
    assertEquals(Manifest.FORMAT_VERSION, Manifest.read(repaired).formatVersion());
  }

  /// The nearest vectors of each query by a direct comparison, one query a line.
  private static List<String> expectedLines() {
    List<String> lines = new ArrayList<>();
    for (int query = 0; query < QUERIES; query++) {
      int q = query;
      lines.add(
          IntStream.range(0, COUNT)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer row) -> distance(q, row))
                      .thenComparing(row -> row))
              .limit(K)
              .map(row -> neighbour(row, (float) distance(q, row)))
              .collect(Collectors.joining(" ")));
    }
    return lines;
  }

  private static double distance(int query, int row) {
    return TestRows.distance(Metric.SQUARED_L2, QUERY_VECTORS, query, BASE, row);
  }

  private static String neighbour(long id, float distance) {
    return String.format(Locale.ROOT, "%d:%.0f", id, distance);
  }

  /// Vectors of bytes that depend on nothing but their place.
  private static VectorSource vectors(int firstRow, int count) {
    VectorSource source =
        VectorSource.dense(
            ARENA.allocate((long) count * DIMENSION), count, DIMENSION, ElementType.UINT8);
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < DIMENSION; column++) {
        long mixed = ((long) (firstRow + row) * DIMENSION + column + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        source.segment().set(NativeMemory.BYTE, source.offset(row) + column, (byte) (mixed >> 40));
      }
    }
    return source;
  }
}
