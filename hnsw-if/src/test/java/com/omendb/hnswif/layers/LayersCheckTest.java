package com.omendb.hnswif.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.Forger;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.AnnIndex;
import com.omendb.store.verify.Damage;
import com.omendb.store.verify.Damage.Kind;
import com.omendb.store.verify.VerifyOptions;
import com.omendb.store.verify.VerifyReport;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: the layers of an index as it was built are whole, in every type; what is changed in
/// them behind right checksums is found.
class LayersCheckTest {
  private static final int COUNT = 2_000;
  private static final int DIMENSION = 10;
  private static final String LAYERS = "layers.hnsw";
  private static final VerifyOptions FULL =
      VerifyOptions.full().toBuilder().threads(1).memoryBudgetBytes(64L << 20).build();

  @TempDir Path directory;

  private Path index = Path.of("");

  @BeforeEach
  void build() throws IOException {
    index = build(ElementType.UINT8, Metric.SQUARED_L2);
  }

  private Path build(ElementType type, Metric metric) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      return TestIndexes.build(
          TestIndexes.clustered(COUNT, DIMENSION, type, 33, arena),
          directory.resolve(type + "-" + metric),
          TestIndexes.quickBuild("hybrid", metric).toBuilder()
              .maxDegree(8)
              .tuning(t -> t.buildListSize(16))
              .build());
    }
  }

  private static VerifyReport verify(Path built) throws IOException {
    return AnnIndex.verify(built, FULL, Progress.NONE);
  }

  private Damage onlyDamage() throws IOException {
    VerifyReport report = verify(index);
    assertEquals(1, report.damageCount(), () -> report.damages().toString());
    Damage damage = report.damages().getFirst();
    assertEquals(LAYERS, damage.file());
    return damage;
  }

  @Test
  void layersAsTheyWereBuiltAreWhole() throws IOException {
    for (Path built :
        new Path[] {
          index,
          build(ElementType.FLOAT32, Metric.COSINE),
          build(ElementType.INT8, Metric.INNER_PRODUCT)
        }) {
      VerifyReport report = verify(built);
      assertTrue(report.isWhole(), () -> report.damages().toString());
    }
  }

  /// Offsets within the payload.
  private record Layout(long members, long vectors, long rows, int maxDegree) {}

  private Layout layout() throws IOException {
    Path path = TestFiles.file(index, LAYERS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = arena.allocate(FileHeader.BYTES, 64);
      byte[] bytes = Files.readAllBytes(path);
      MemorySegment.copy(bytes, 0, file, ValueLayout.JAVA_BYTE, 0, FileHeader.BYTES);
      FileHeader header =
          FileHeader.decode(
              file, path, LayersFormat.MAGIC, LayersFormat.VERSION, LayersFormat.VERSION);
      long[] counts = LayersFormat.memberCounts(header.fields());
      int maxDegree = (int) header.field(LayersFormat.FIELD_MAX_DEGREE);
      return new Layout(
          counts[0],
          LayersFormat.vectorsOffset(counts[0]),
          LayersFormat.rowsOffset(counts, 0, DIMENSION, maxDegree),
          maxDegree);
    }
  }

  private void change(Consumer<MemorySegment> change) throws IOException {
    new Forger(index).changePayload(LAYERS, LayersFormat.MAGIC, LayersFormat.VERSION, change);
  }

  @Test
  void aVectorThatIsAnotherInItsPageIsFound() throws IOException {
    Layout layout = layout();
    change(
        payload -> {
          long at = layout.vectors() + DIMENSION + 4;
          payload.set(NativeMemory.BYTE, at, (byte) (payload.get(NativeMemory.BYTE, at) ^ 1));
        });
    Damage damage = onlyDamage();
    assertEquals(Kind.DISAGREEMENT, damage.kind());
    assertEquals(FileHeader.BYTES + layout.vectors() + DIMENSION + 4, damage.offset());
  }

  @Test
  void edgesThatLeadNowhereAreFound() throws IOException {
    Layout layout = layout();
    change(payload -> payload.set(NativeMemory.INT, layout.rows() + 4, (int) layout.members()));
    assertEquals(Kind.EDGE, onlyDamage().kind());
    change(payload -> payload.set(NativeMemory.INT, layout.rows() + 4, 0));
    assertEquals(Kind.EDGE, onlyDamage().kind(), "member 0 to itself");
    change(payload -> payload.set(NativeMemory.INT, layout.rows(), layout.maxDegree() + 1));
    assertEquals(Kind.EDGE, onlyDamage().kind());
  }

  @Test
  void membersThatAreNoNodesOrTheSameAreFound() throws IOException {
    change(payload -> payload.set(NativeMemory.INT, 8, COUNT));
    assertEquals(Kind.FORMAT, onlyDamage().kind());
    change(payload -> payload.set(NativeMemory.INT, 8, payload.get(NativeMemory.INT, 0)));
    VerifyReport report = verify(index);
    assertTrue(
        report.damages().stream().anyMatch(damage -> damage.kind() == Kind.FORMAT),
        () -> report.damages().toString());
  }

  @Test
  void bytesThatMeanNothingAreZero() throws IOException {
    Layout layout = layout();
    change(
        payload ->
            payload.set(
                NativeMemory.BYTE, layout.vectors() + layout.members() * DIMENSION, (byte) 1));
    assertEquals(Kind.FORMAT, onlyDamage().kind());
  }

  @Test
  void damageIsFoundWithTheSmallestMemory() throws IOException {
    Layout layout = layout();
    change(payload -> payload.set(NativeMemory.INT, layout.rows() + 4, 0));
    long smallest = 1;
    try {
      AnnIndex.verify(index, FULL.toBuilder().memoryBudgetBytes(1).build(), Progress.NONE);
    } catch (MemoryBudgetException e) {
      smallest = e.smallestBudgetBytes();
    }
    VerifyReport report =
        AnnIndex.verify(index, FULL.toBuilder().memoryBudgetBytes(smallest).build(), Progress.NONE);
    assertEquals(1, report.damageCount());
  }
}
