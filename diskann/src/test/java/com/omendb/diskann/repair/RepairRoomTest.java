package com.omendb.diskann.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.DiskAnnKind;
import com.omendb.diskann.parts.GraphPart;
import com.omendb.diskann.parts.PartMaker;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.store.repair.RepairOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The room that a repair asks the disk for. Invariant: it is about that of the index before the
/// damage, whichever file is lost or cut off: closer to it than by half of that file.
class RepairRoomTest {
  private static final int COUNT = 5_000;

  @TempDir static Path temporary;
  private static Path index = Path.of("");
  private static long wholeBytes;

  @BeforeAll
  static void build() throws IOException {
    BuildOptions options =
        BuildOptions.builder().kind("diskann").metric(Metric.SQUARED_L2).maxDegree(64).build();
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(COUNT, 64, ElementType.UINT8, 71, arena);
      index = TestIndexes.build(vectors, temporary.resolve("index"), options);
    }
    wholeBytes =
        Manifest.read(index).files().values().stream().mapToLong(Manifest.FileEntry::length).sum();
  }

  @Test
  void filesThatAreLostOrCutOffTakeTheirRoomInTheNewIndex() throws IOException {
    for (String name : Manifest.read(index).files().keySet()) {
      Path file = TestFiles.file(index, name);
      byte[] whole = Files.readAllBytes(file);
      if (!name.equals("base.pages")) {
        Files.delete(file);
        assertRoom(name, whole.length, RepairRoomTest::damaged);
      }
      Files.write(file, Arrays.copyOf(whole, whole.length * 9 / 10));
      assertRoom(
          name,
          whole.length,
          diagnosis -> name.equals("base.pages") ? all(diagnosis) : damaged(diagnosis));
      Files.write(file, whole);
    }
    Diagnosis sound = diagnose();
    assertEquals(wholeBytes, neededBytes(sound, damaged(sound)));
  }

  private static void assertRoom(
      String name, long lostBytes, Function<Diagnosis, Set<GraphPart<?>>> made) throws IOException {
    Diagnosis diagnosis = diagnose();
    long needed = neededBytes(diagnosis, made.apply(diagnosis));
    long off = Math.abs(needed - wholeBytes);
    assertTrue(2 * off <= lostBytes, () -> "file=" + name + ", off=" + off + ", lost=" + lostBytes);
  }

  private static long neededBytes(Diagnosis diagnosis, Set<GraphPart<?>> made) throws IOException {
    return diagnosis.newFileBytes(
        made,
        new VectorShape(COUNT, 64, ElementType.UINT8),
        diagnosis.facts().buildOptions(64, RepairOptions.defaults()));
  }

  private static Diagnosis diagnose() throws IOException {
    IndexRemains remains = IndexRemains.find(index);
    IndexFacts facts = FactFinder.find(remains, null, RepairableKind.and(new DiskAnnKind()));
    PageShape shape = Objects.requireNonNull(ShapeFinder.find(remains, facts));
    Survivors survivors =
        new RecordReader(remains.files(), shape, facts.vectorBytes(), Progress.NONE).survey();
    return new Diagnosis(
        remains,
        facts,
        survivors,
        COUNT,
        true,
        new BitSet(),
        FileDamage.find(remains, facts, survivors, Progress.NONE));
  }

  private static Set<GraphPart<?>> damaged(Diagnosis diagnosis) {
    Set<GraphPart<?>> damaged = new LinkedHashSet<>();
    for (PartMaker maker : diagnosis.facts().parts().makers()) {
      damaged.addAll(diagnosis.toMake(maker));
    }
    return damaged;
  }

  private static Set<GraphPart<?>> all(Diagnosis diagnosis) {
    return new LinkedHashSet<>(diagnosis.facts().parts().all());
  }
}
