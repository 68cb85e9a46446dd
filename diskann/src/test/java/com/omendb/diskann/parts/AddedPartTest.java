package com.omendb.diskann.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.DiskAnnKind;
import com.omendb.diskann.GraphKind;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.errors.UnrepairableException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.VectorIds;
import com.omendb.store.directory.Manifest;
import com.omendb.store.part.Origin;
import com.omendb.store.repair.RepairOptions;
import com.omendb.store.repair.RepairReport;
import com.omendb.store.snapshot.Snapshots;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A part that is added in one class, [NotePart], is written, planned, opened, verified, forecast,
/// repaired and snapshotted; and nothing that goes over the parts of an index passes by one that it
/// does not know.
class AddedPartTest {
  private static final BuildOptions OPTIONS =
      TestIndexes.quickBuild(DiskAnnKind.NAME, Metric.SQUARED_L2).toBuilder()
          .maxDegree(8)
          .tuning(t -> t.buildListSize(16))
          .build();
  private static final VerifyOptions FULL = VerifyOptions.full().toBuilder().threads(1).build();

  @TempDir Path temporary;

  private final NotePart note = new NotePart(Origin.MADE);
  private final GraphKind kind = note.kind();
  private final Arena arena = Arena.ofShared();
  private Path index = Path.of("");
  private VectorSource vectors = VectorSource.dense(arena.allocate(1), 0, 1, ElementType.INT8);

  @BeforeEach
  void build() throws IOException {
    long seed = Seeds.seed("AddedPartTest", 83);
    vectors = TestIndexes.clustered(300, 12, ElementType.UINT8, seed, arena);
    index = temporary.resolve("index");
    kind.build(vectors, VectorIds.rows(), index, OPTIONS, Progress.NONE);
  }

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void itIsWrittenAndOpened() throws IOException {
    Manifest manifest = Manifest.read(index);
    assertTrue(manifest.files().containsKey(note.name()));
    assertEquals("7", manifest.settings().get("notedNode"));
    try (AnnIndex open = kind.open(index, TestIndexes.quickOpen())) {
      assertEquals(1, note.opened().size());
      assertEquals(9, open.search(SearchRequest.of(vectors, 9, 1)).id(0));
    }
  }

  @Test
  void itsMemoryIsPlannedAndForecast() throws IOException {
    try (AnnIndex open = kind.open(index, TestIndexes.quickOpen())) {
      assertEquals(
          Files.size(TestFiles.file(index, note.name())),
          open.info().memoryBytes().get(note.name()));
    }
    assertEquals(
        FileHeader.BYTES + Long.BYTES,
        kind.forecastBuild(VectorShape.of(vectors), 0, OPTIONS).fileBytes().get(note.name()));
  }

  @Test
  void itsDamageIsFoundAndRepaired() throws IOException {
    assertTrue(isSound(index));
    long before = noted(index);
    TestFiles.flip(TestFiles.file(index, note.name()), FileHeader.BYTES, 1);
    Damage damage = verify(index).damages().getFirst();
    assertEquals(note.name(), damage.file());
    assertThrows(CorruptFileException.class, () -> kind.open(index, TestIndexes.quickOpen()));

    Path repaired = temporary.resolve("repaired");
    RepairReport report = repair(kind, index, repaired);
    assertEquals(List.of(note.name()), report.files().stream().map(file -> file.file()).toList());
    assertTrue(isSound(repaired));
    assertEquals(before, noted(repaired));
  }

  @Test
  void itIsCopiedByARepairOfOtherFilesAndMadeAnewWithNewPages() throws IOException {
    long before = noted(index);
    Files.delete(TestFiles.file(index, "thin.graph"));
    Path repaired = temporary.resolve("repaired");
    repair(kind, index, repaired);
    assertTrue(isSound(repaired));
    assertEquals(before, noted(repaired));

    TestFiles.flip(TestFiles.file(index, "base.pages"), FileHeader.BYTES + 100, 1);
    Path shorter = temporary.resolve("shorter");
    repair(kind, index, shorter);
    assertTrue(Manifest.read(shorter).count() < vectors.count());
    assertTrue(isSound(shorter));
  }

  @Test
  void itIsInSnapshots() throws IOException {
    Path archive = temporary.resolve("archive");
    Path back = temporary.resolve("back");
    Snapshots.write(index, archive, List.of(), false, Progress.NONE);
    Snapshots.restore(archive, List.of(), back, false, Progress.NONE);
    TestFiles.assertSame(TestFiles.snapshot(index), TestFiles.snapshot(back));
  }

  @Test
  void aKindThatDoesNotKnowItRefusesTheIndexAndARepairNeverDropsIt() throws IOException {
    DiskAnnKind plain = new DiskAnnKind();
    long before = noted(index);
    CorruptFileException opened =
        assertThrows(CorruptFileException.class, () -> plain.open(index, TestIndexes.quickOpen()));
    TestFiles.assertMentions("file." + note.name(), opened);
    VerifyReport report = plain.verify(index, FULL, Progress.NONE);
    assertEquals(Damage.Kind.MANIFEST, report.damages().getFirst().kind());

    Path repaired = temporary.resolve("repaired");
    UnrepairableException refused =
        assertThrows(UnrepairableException.class, () -> repair(plain, index, repaired));
    TestFiles.assertMentions("file=" + note.name(), refused);
    Files.delete(index.resolve(Manifest.FILE));
    assertThrows(UnrepairableException.class, () -> repair(plain, index, repaired));
    assertFalse(Files.exists(repaired));
    repair(kind, index, repaired);
    assertEquals(before, noted(repaired));
  }

  @Test
  void aPartThatCanOnlyBeCopiedIsCopiedOrTheRepairRefused() throws IOException {
    GraphKind copying = new NotePart(Origin.COPIED).kind();
    long before = noted(index);
    Files.delete(TestFiles.file(index, "thin.graph"));
    Path repaired = temporary.resolve("repaired");
    repair(copying, index, repaired);
    assertEquals(before, noted(repaired));

    Path lost = TestFiles.copy(index, temporary.resolve("lost"));
    TestFiles.flip(TestFiles.file(lost, note.name()), FileHeader.BYTES, 1);
    Path no = temporary.resolve("no");
    assertThrows(UnrepairableException.class, () -> repair(copying, lost, no));
    TestFiles.flip(TestFiles.file(index, "base.pages"), FileHeader.BYTES + 100, 1);
    assertThrows(UnrepairableException.class, () -> repair(copying, index, no));
    assertFalse(Files.exists(no));
  }

  private VerifyReport verify(Path directory) throws IOException {
    return kind.verify(directory, FULL, Progress.NONE);
  }

  private boolean isSound(Path directory) throws IOException {
    return verify(directory).damageCount() == 0;
  }

  private static RepairReport repair(GraphKind by, Path damaged, Path target) throws IOException {
    return by.repair(damaged, target, Optional.empty(), RepairOptions.defaults(), Progress.NONE);
  }

  private long noted(Path directory) throws IOException {
    kind.open(directory, TestIndexes.quickOpen()).close();
    return note.opened().getLast();
  }
}
