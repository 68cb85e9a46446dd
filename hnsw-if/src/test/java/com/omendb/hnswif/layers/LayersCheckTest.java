package com.omendb.hnswif.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.MemoryBudgetException;
import com.omendb.hnswif.Fixtures;
import com.omendb.pagecache.file.Crc32c;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.store.AnnIndex;
import com.omendb.store.directory.Manifest;
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
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Invariants: the layers of an index as it was built are whole, in every type; what is changed in
/// them behind right checksums is found.
class LayersCheckTest {
  private static final int COUNT = 2_000;
  private static final int DIMENSION = 10;
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
      return Fixtures.build(
          Fixtures.clustered(COUNT, DIMENSION, type, 33, arena),
          directory.resolve(type + "-" + metric),
          Fixtures.quickBuild("hybrid", metric).toBuilder()
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
    assertEquals("layers.hnsw", damage.file());
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

  private void change(Layout[] layout, Consumer<MemorySegment> change) throws IOException {
    Manifest manifest = Manifest.read(index);
    Path path = TestFiles.file(index, "layers.hnsw");
    byte[] bytes = Files.readAllBytes(path);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = arena.allocate(bytes.length, 64);
      MemorySegment.copy(bytes, 0, file, ValueLayout.JAVA_BYTE, 0, bytes.length);
      FileHeader old =
          FileHeader.decode(
              file, path, LayersFormat.MAGIC, LayersFormat.VERSION, LayersFormat.VERSION);
      long[] counts = LayersFormat.memberCounts(old.fields());
      int maxDegree = (int) old.field(LayersFormat.FIELD_MAX_DEGREE);
      layout[0] =
          new Layout(
              counts[0],
              LayersFormat.vectorsOffset(counts[0]),
              LayersFormat.rowsOffset(counts, 0, DIMENSION, maxDegree),
              maxDegree);
      MemorySegment payload = file.asSlice(FileHeader.BYTES);
      change.accept(payload);
      byte[] header =
          new FileHeader(
                  old.magic(),
                  old.formatVersion(),
                  old.indexId(),
                  0,
                  payload.byteSize(),
                  Crc32c.of(payload, 0, payload.byteSize()),
                  old.fields())
              .encode();
      MemorySegment.copy(header, 0, file, ValueLayout.JAVA_BYTE, 0, header.length);
      Files.write(path, file.toArray(ValueLayout.JAVA_BYTE));
      TreeMap<String, Manifest.FileEntry> files = new TreeMap<>(manifest.files());
      files.put(
          "layers.hnsw", new Manifest.FileEntry(bytes.length, Crc32c.of(file, 0, file.byteSize())));
      Files.write(
          index.resolve(Manifest.FILE),
          new Manifest(
                  manifest.kind(),
                  manifest.indexId(),
                  manifest.count(),
                  manifest.dimension(),
                  manifest.elementType(),
                  manifest.metric(),
                  manifest.settings(),
                  files)
              .encode());
    }
  }

  @Test
  void aVectorThatIsAnotherInItsPageIsFound() throws IOException {
    Layout[] layout = new Layout[1];
    change(
        layout,
        payload -> {
          long at = layout[0].vectors() + DIMENSION + 4;
          payload.set(NativeMemory.BYTE, at, (byte) (payload.get(NativeMemory.BYTE, at) ^ 1));
        });
    Damage damage = onlyDamage();
    assertEquals(Kind.DISAGREEMENT, damage.kind());
    assertEquals(FileHeader.BYTES + layout[0].vectors() + DIMENSION + 4, damage.offset());
  }

  @Test
  void edgesThatLeadNowhereAreFound() throws IOException {
    Layout[] layout = new Layout[1];
    change(
        layout,
        payload -> payload.set(NativeMemory.INT, layout[0].rows() + 4, (int) layout[0].members()));
    assertEquals(Kind.EDGE, onlyDamage().kind());
    change(layout, payload -> payload.set(NativeMemory.INT, layout[0].rows() + 4, 0));
    assertEquals(Kind.EDGE, onlyDamage().kind(), "member 0 to itself");
    change(
        layout,
        payload -> payload.set(NativeMemory.INT, layout[0].rows(), layout[0].maxDegree() + 1));
    assertEquals(Kind.EDGE, onlyDamage().kind());
  }

  @Test
  void membersThatAreNoNodesOrTheSameAreFound() throws IOException {
    Layout[] layout = new Layout[1];
    change(layout, payload -> payload.set(NativeMemory.INT, 8, COUNT));
    assertEquals(Kind.FORMAT, onlyDamage().kind());
    change(layout, payload -> payload.set(NativeMemory.INT, 8, payload.get(NativeMemory.INT, 0)));
    VerifyReport report = verify(index);
    assertTrue(
        report.damages().stream().anyMatch(damage -> damage.kind() == Kind.FORMAT),
        () -> report.damages().toString());
  }

  @Test
  void bytesThatMeanNothingAreZero() throws IOException {
    Layout[] layout = new Layout[1];
    change(
        layout,
        payload ->
            payload.set(
                NativeMemory.BYTE,
                layout[0].vectors() + layout[0].members() * DIMENSION,
                (byte) 1));
    assertEquals(Kind.FORMAT, onlyDamage().kind());
  }

  @Test
  void damageIsFoundWithTheSmallestMemory() throws IOException {
    Layout[] layout = new Layout[1];
    change(layout, payload -> payload.set(NativeMemory.INT, layout[0].rows() + 4, 0));
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
