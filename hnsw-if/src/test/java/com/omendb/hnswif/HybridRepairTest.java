package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.repair.RepairReport.FileRepair;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Repairs of hybrid indexes, whose upper layers belong to the repair too. Invariants: whichever
/// files are damaged, and however many at once, the repaired index is whole by a full check and
/// holds every vector, with the source if pages were lost.
class HybridRepairTest {
  private static final int COUNT = 1_200;
  private static final int ROUNDS = 12;
  private static final RepairOptions REPAIR = RepairOptions.builder().threads(1).build();

  @TempDir static Path sound;
  @TempDir Path temporary;

  private static final Arena ARENA = Arena.ofShared();
  private static VectorSource base = VectorSource.dense(ARENA.allocate(1), 0, 1, ElementType.INT8);

  @BeforeAll
  static void build() throws IOException {
    base = TestIndexes.clustered(COUNT, 48, ElementType.UINT8, 91, ARENA);
    AnnIndex.build(
        base,
        sound.resolve("index"),
        BuildOptions.builder().maxDegree(12).threads(1).tuning(t -> t.buildListSize(20)).build(),
        Progress.NONE);
  }

  @AfterAll
  static void free() {
    ARENA.close();
  }

  @Test
  void layersAreMadeAnew() throws IOException {
    Path damaged = copy("damaged");
    Files.delete(file(damaged, "layers.hnsw"));
    RepairReport report = repair(damaged, temporary.resolve("repaired"), Optional.empty());
    assertEquals(List.of("layers.hnsw"), report.files().stream().map(FileRepair::file).toList());
    assertWhole(temporary.resolve("repaired"));
  }

  @Test
  void theKindIsKnownByItsLayers() throws IOException {
    Path damaged = copy("damaged");
    Manifest old = Manifest.read(damaged);
    Files.delete(damaged.resolve(Manifest.FILE));
    repair(damaged, temporary.resolve("repaired"), Optional.empty());
    Manifest made = Manifest.read(temporary.resolve("repaired"));
    assertEquals(HybridKind.NAME, made.kind());
    assertEquals(old.files(), made.files());
    assertEquals(old.settings().get("upperLayers"), made.settings().get("upperLayers"));
    assertWhole(temporary.resolve("repaired"));
  }

  @Test
  void anyDamageToAnyFilesIsRepairedWithTheSource() throws IOException {
    SplittableRandom random = Seeds.random("anyDamageToAnyFiles", 92);
    for (int round = 0; round < ROUNDS; round++) {
      Path damaged = copy("damaged" + round);
      for (Path file : someFiles(damaged, random)) {
        damage(file, random);
      }
      Path repaired = temporary.resolve("repaired" + round);
      assertEquals(COUNT, repair(damaged, repaired, Optional.of(base)).count());
      assertWhole(repaired);
    }
  }

  private static void damage(Path file, SplittableRandom random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    switch (random.nextInt(4)) {
      case 0 -> Files.delete(file);
      case 1 -> Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 2 -> {
        bytes[random.nextInt(bytes.length)] ^= (byte) random.nextInt(1, 256);
        Files.write(file, bytes);
      }
      default -> {
        int page = random.nextInt((bytes.length + 4095) / 4096) * 4096;
        Arrays.fill(bytes, page, Math.min(bytes.length, page + 4096), (byte) random.nextInt(256));
        Files.write(file, bytes);
      }
    }
  }

  // The manifest is spared: without it and a header nothing says the metric.
  private static List<Path> someFiles(Path directory, SplittableRandom random) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.endsWith(Manifest.FILE) && random.nextInt(3) == 0) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private static RepairReport repair(Path damaged, Path target, Optional<VectorSource> source)
      throws IOException {
    return AnnIndex.repair(damaged, target, source, REPAIR, Progress.NONE);
  }

  private static void assertWhole(Path directory) throws IOException {
    VerifyReport check = AnnIndex.verify(directory, VerifyOptions.full(), Progress.NONE);
    assertTrue(check.isWhole(), check::toString);
    try (AnnIndex index = AnnIndex.open(directory, OpenOptions.builder().maxSearchers(1).build())) {
      assertEquals(COUNT, index.info().count());
      assertEquals(COUNT, index.search(SearchRequest.of(base, 0, COUNT)).count());
    }
  }

  private Path copy(String name) throws IOException {
    Path from = sound.resolve("index");
    Path to = temporary.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  private static Path file(Path directory, String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }
}
