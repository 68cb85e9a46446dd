package com.omendb.hnswif.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.search.EntrySelector;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.pagecache.file.FileHeader;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.testing.Fuzz;
import com.omendb.vectors.testing.GuardedMemory;
import com.omendb.vectors.testing.Mender;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged `layers.hnsw`, the checksums mended, in memory behind which nothing can be read.
/// Invariant: it is refused with a typed exception, or a descent ends at a node of the index.
class LayersFuzzTest {
  private static final int COUNT = 600;
  private static final int DIMENSION = 7;
  private static final int LARGEST_FILE = 1 << 17;

  @TempDir Path folder;

  @Test
  void upperLayers() throws Exception {
    for (ElementType type : new ElementType[] {ElementType.FLOAT32, ElementType.INT8}) {
      fuzz(type, folder.resolve(type.label()));
    }
  }

  private static void fuzz(ElementType type, Path index) throws IOException {
    Path path = Path.of("layers");
    try (Arena arena = Arena.ofShared();
        GuardedMemory memory =
            new GuardedMemory(Files.createDirectories(index.resolveSibling("m")), LARGEST_FILE)) {
      TestIndexes.build(
          TestIndexes.clustered(COUNT, DIMENSION, type, 5, arena),
          index,
          TestIndexes.quickBuild("hybrid", Metric.SQUARED_L2).toBuilder()
              .maxDegree(8)
              .tuning(t -> t.buildListSize(16))
              .build());
      Manifest manifest = Manifest.read(index);
      MemorySegment query = arena.allocate(type.vectorBytes(DIMENSION), 64);
      int[] entries = new int[4];
      Fuzz.of("layers-" + type.label(), 401)
          .from(Files.readAllBytes(TestFiles.file(index, "layers.hnsw")))
          .mending(Mender::segment)
          .damaging(
              (bytes, random) -> {
                // Fields of the header, members, vectors or rows.
                int at =
                    random.nextBoolean()
                        ? 48 + random.nextInt(64)
                        : 4096 + random.nextInt(bytes.length - 4096);
                bytes[at] = (byte) random.nextInt();
                bytes[at | 1] = (byte) random.nextInt(-1, 1);
                return bytes;
              })
          .run(
              1_000,
              input -> {
                byte[] bytes =
                    Arrays.copyOf(input, Math.clamp(input.length, FileHeader.BYTES, LARGEST_FILE));
                FileHeader header =
                    FileHeader.decode(
                        MemorySegment.ofArray(bytes),
                        path,
                        LayersFormat.MAGIC,
                        LayersFormat.VERSION,
                        LayersFormat.VERSION);
                MemorySegment payload =
                    memory.place(bytes, FileHeader.BYTES, bytes.length - FileHeader.BYTES);
                UpperLayers layers =
                    UpperLayers.of(new SegmentFile.Content(header, payload), path, manifest);
                EntrySelector.Finder finder = layers.newFinder();
                int count = finder.find(query.address(), entries);
                assertEquals(1, count);
                assertTrue(entries[0] >= 0 && entries[0] < COUNT);
              });
    }
  }
}
