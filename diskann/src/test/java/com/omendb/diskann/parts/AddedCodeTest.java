package com.omendb.diskann.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.DiskAnnKind;
import com.omendb.diskann.GraphKind;
import com.omendb.diskann.building.IndexBuild;
import com.omendb.diskann.forecast.Forecasts;
import com.omendb.diskann.format.CodesFile;
import com.omendb.diskann.search.EntrySelector;
import com.omendb.diskann.testing.Forger;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.storage.Storage;
import com.omendb.pq.CodeKinds;
import com.omendb.pq.CodeSpec;
import com.omendb.pq.product.ProductKind;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.Residency;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A kind of code that is added in one class, [ScalarKind], is trained, written, planned, opened,
/// searched, forecast, verified and repaired, alone and beside the codes that there are; and an
/// index with codes of an unknown kind is refused.
class AddedCodeTest {
  private static final int COUNT = 800;
  private static final int DIMENSION = 16;
  private static final int K = 10;
  private static final String CODES = "codes-sq-16.part";
  private static final String CODEBOOK = "codebook-sq-16.part";
  private static final VerifyOptions FULL =
      VerifyOptions.builder(VerifyOptions.Depth.ALL_CODES).threads(1).build();

  private final GraphKind kind = kind(CodeKinds.of(ScalarKind.SCALAR));
  private final GraphKind both = kind(CodeKinds.of(ProductKind.PQ, ScalarKind.SCALAR));
  private final long seed = Seeds.seed("AddedCodeTest", 97);
  private final Arena arena = Arena.ofShared();

  @TempDir Path temporary;

  private Path index = Path.of("");
  private VectorSource vectors = VectorSource.dense(arena.allocate(1), 0, 1, ElementType.INT8);

  @BeforeEach
  void makeVectors() {
    index = temporary.resolve("index");
    vectors = TestIndexes.clustered(COUNT, DIMENSION, ElementType.FLOAT32, seed, arena);
  }

  @AfterEach
  void free() {
    arena.close();
  }

  private static GraphKind kind(CodeKinds codes) {
    return new GraphKind(
        DiskAnnKind.NAME, codes, List.of(), (_, medoid) -> EntrySelector.fixed(medoid)) {};
  }

  private static BuildOptions options(Metric metric) {
    return TestIndexes.quickBuild(DiskAnnKind.NAME, metric);
  }

  private void build(Metric metric) throws IOException {
    kind.build(vectors, VectorIds.rows(), index, options(metric), Progress.NONE);
  }

  /// Builds an index with codes of two kinds.
  private void buildBoth(String... codes) throws IOException {
    CodeKinds kinds = CodeKinds.of(ProductKind.PQ, ScalarKind.SCALAR);
    List<CodeSpec> specs = List.of(codes).stream().map(kinds::parse).sorted().toList();
    IndexBuild.run(
        vectors,
        VectorIds.rows(),
        new IndexBuild.Target(Storage.disk(), index, 0),
        options(Metric.SQUARED_L2),
        both.parts().of(specs, CoarseGraph.PAGES),
        Progress.NONE);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void itIsWrittenOpenedAndSearchedAndIsSound(Metric metric) throws IOException {
    build(metric);
    Manifest manifest = Manifest.read(index);
    assertEquals("sq:16", manifest.settings().get("codes"));
    assertFalse(manifest.settings().containsKey("subspaceCounts"));
    assertTrue(manifest.files().keySet().containsAll(Set.of(CODES, CODEBOOK)));
    assertTrue(manifest.files().keySet().stream().noneMatch(name -> name.endsWith(".pq")));
    assertEquals(Set.of(), damage(kind, index));

    VectorSource queries =
        TestIndexes.queries(COUNT, DIMENSION, ElementType.FLOAT32, seed, 30, arena);
    for (Residency residency :
        new Residency[] {Residency.PAGES, Residency.GROUPS, Residency.GRAPH}) {
      OpenOptions options =
          TestIndexes.quickOpen().toBuilder().tuning(t -> t.residency(residency)).build();
      try (AnnIndex open = kind.open(index, options)) {
        assertEquals("sq:16", open.info().settings().get("code"));
        double recall = TestIndexes.recall(open, vectors, queries, K, 40);
        assertTrue(recall >= 0.95, "recall=" + recall + ", residency=" + residency);
      }
    }
  }

  @Test
  void itsMemoryIsPlannedAndForecast() throws IOException {
    build(Metric.SQUARED_L2);
    long codesBytes = FileHeader.BYTES + (long) COUNT * DIMENSION;
    long codebookBytes = FileHeader.BYTES + 2L * DIMENSION * Float.BYTES;
    assertEquals(codesBytes, Files.size(TestFiles.file(index, CODES)));
    try (AnnIndex open = kind.open(index, TestIndexes.quickOpen())) {
      assertEquals(codesBytes, open.info().memoryBytes().get("codes"));
      assertEquals(codebookBytes, open.info().memoryBytes().get("codebook"));
    }
    VectorShape shape = VectorShape.of(vectors);
    BuildOptions options = options(Metric.SQUARED_L2);
    var files = kind.forecastBuild(shape, 0, options).fileBytes();
    assertEquals(codesBytes, files.get(CODES));
    assertEquals(codebookBytes, files.get(CODEBOOK));
    assertEquals("sq:16", kind.forecastServing(shape, options, TestIndexes.quickOpen()).code());
  }

  @Test
  void besideOtherCodesItIsSoundAndTheLargestThatFitsIsUsed() throws IOException {
    buildBoth("sq:16", "pq:4");
    assertEquals("pq:4,sq:16", Manifest.read(index).settings().get("codes"));
    assertEquals(Set.of(), damage(both, index));
    try (AnnIndex open = both.open(index, TestIndexes.quickOpen())) {
      assertEquals("sq:16", open.info().settings().get("code"));
    }
    PartList parts = both.parts().ofManifest(Manifest.read(index), index);
    OpenOptions options = TestIndexes.quickOpen();
    long smallest =
        assertThrows(
                MemoryBudgetException.class,
                () -> codeInUse(parts, options.toBuilder().memoryBudgetBytes(1).build()))
            .smallestBudgetBytes();
    assertEquals("pq:4", codeInUse(parts, options.toBuilder().memoryBudgetBytes(smallest).build()));
    assertEquals(
        "sq:16", codeInUse(parts, options.toBuilder().memoryBudgetBytes(4 * smallest).build()));
  }

  private static String codeInUse(PartList parts, OpenOptions open) {
    VectorShape many = new VectorShape(200_000, DIMENSION, ElementType.FLOAT32);
    return Forecasts.ofServing(many, options(Metric.SQUARED_L2), open, parts).code();
  }

  @Test
  void itsDamageIsFoundAndRepaired() throws IOException {
    build(Metric.COSINE);
    for (String file : new String[] {CODES, CODEBOOK}) {
      Path damaged = TestFiles.copy(index, temporary.resolve("damaged-" + file));
      TestFiles.flip(TestFiles.file(damaged, file), FileHeader.BYTES + 5, 1);
      assertEquals(Set.of(file), damage(kind, damaged));
      assertThrows(CorruptFileException.class, () -> kind.open(damaged, TestIndexes.quickOpen()));
      Path repaired = temporary.resolve("repaired-" + file);
      repair(kind, damaged, repaired);
      assertEquals(Set.of(), damage(kind, repaired));
      if (file.equals(CODES)) {
        assertSameFile(CODEBOOK, repaired);
        assertSameFile(CODES, repaired);
      }
    }
  }

  private void assertSameFile(String name, Path other) throws IOException {
    assertEquals(
        -1, Files.mismatch(TestFiles.file(index, name), TestFiles.file(other, name)), name);
  }

  @Test
  void aCodeThatIsNotThatOfItsVectorIsFound() throws IOException {
    build(Metric.SQUARED_L2);
    new Forger(index)
        .changePayload(
            CODES,
            CodesFile.CODES_MAGIC,
            CodesFile.VERSION,
            codes -> {
              long at = 700L * DIMENSION + 3;
              codes.set(NativeMemory.BYTE, at, (byte) (codes.get(NativeMemory.BYTE, at) ^ 0x55));
            });
    VerifyReport report = kind.verify(index, FULL, Progress.NONE);
    assertEquals(1, report.damageCount());
    Damage damage = report.damages().getFirst();
    assertEquals(Damage.Kind.CODE, damage.kind());
    assertEquals(FileHeader.BYTES + 700L * DIMENSION + 3, damage.offset());
    assertTrue(damage.expected().contains("node=700, column=3"), damage::toString);
  }

  @Test
  void withoutAManifestItIsKnownByTheNamesOfItsFiles() throws IOException {
    buildBoth("sq:16", "pq:4");
    Files.delete(index.resolve(Manifest.FILE));
    Path repaired = temporary.resolve("repaired");
    repair(both, index, repaired);
    assertEquals("pq:4,sq:16", Manifest.read(repaired).settings().get("codes"));
    assertEquals(Set.of(), damage(both, repaired));
  }

  @Test
  void newPagesGetCodesOfAllKinds() throws IOException {
    buildBoth("sq:16", "pq:4");
    TestFiles.flip(TestFiles.file(index, "base.pages"), FileHeader.BYTES + 100, 1);
    Path shorter = temporary.resolve("shorter");
    repair(both, index, shorter);
    assertTrue(Manifest.read(shorter).count() < COUNT);
    assertEquals("pq:4,sq:16", Manifest.read(shorter).settings().get("codes"));
    assertEquals(Set.of(), damage(both, shorter));
  }

  @Test
  void anIndexWithCodesOfAnUnknownKindIsRefusedAndItsCodesAreNotDropped() throws IOException {
    build(Metric.SQUARED_L2);
    DiskAnnKind plain = new DiskAnnKind();
    CorruptFileException opened =
        assertThrows(CorruptFileException.class, () -> plain.open(index, TestIndexes.quickOpen()));
    TestFiles.assertMentions("setting is unusable: codes", opened);
    TestFiles.assertMentions("sq:16", opened);
    assertTrue(damage(plain, index).contains(Manifest.FILE));
    Path repaired = temporary.resolve("repaired");
    assertThrows(CorruptFileException.class, () -> repair(plain, index, repaired));
    Files.delete(index.resolve(Manifest.FILE));
    UnrepairableException refused =
        assertThrows(UnrepairableException.class, () -> repair(plain, index, repaired));
    TestFiles.assertMentions("file=" + CODEBOOK, refused);
    assertFalse(Files.exists(repaired));
  }

  @Test
  void filesOfTwoKindsOfOneSizeAreNotTakenForEachOther() throws IOException {
    buildBoth("sq:16", "pq:16");
    Path product = TestFiles.file(index, "codes-16.pq");
    Path scalar = TestFiles.file(index, CODES);
    byte[] codes = Files.readAllBytes(product);
    Files.write(product, Files.readAllBytes(scalar));
    Files.write(scalar, codes);
    CorruptFileException refused =
        assertThrows(CorruptFileException.class, () -> both.open(index, TestIndexes.quickOpen()));
    TestFiles.assertMentions("code=sq:16", refused);
    assertEquals(Set.of("codes-16.pq", CODES), damage(both, index));
  }

  private static Set<String> damage(GraphKind by, Path directory) throws IOException {
    return by.verify(directory, FULL, Progress.NONE).damages().stream()
        .map(Damage::file)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static RepairReport repair(GraphKind by, Path damaged, Path target) throws IOException {
    return by.repair(damaged, target, Optional.empty(), RepairOptions.defaults(), Progress.NONE);
  }
}
