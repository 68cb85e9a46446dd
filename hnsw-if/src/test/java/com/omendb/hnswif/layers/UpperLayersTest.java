package com.omendb.hnswif.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.search.EntrySelector;
import com.omendb.diskann.testing.TestIndexes;
import com.omendb.errors.CorruptFileException;
import com.omendb.pagecache.file.SegmentFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.BuildOptions;
import com.omendb.store.directory.Manifest;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.UnitLength;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants: levels are geometric and a function of seed and row; members of a layer are those
/// whose level reaches it, those of higher layers first; the file holds their vectors; the entry
/// found for a query is among its nearest members and is a node of the base layer; a file that
/// breaks the format is refused even if its checksum is right.
class UpperLayersTest {
  private static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");

  @TempDir Path directory;

  @Test
  void levelsAreGeometric() {
    int rows = 1_000_000;
    int[] reaching = new int[5];
    for (int row = 0; row < rows; row++) {
      int level = LayerBuilder.level(row, 42);
      assertTrue(level >= 0 && level <= LayersFormat.MAX_LAYERS);
      assertEquals(level, LayerBuilder.level(row, 42));
      for (int layer = 0; layer <= Math.min(level, 4); layer++) {
        reaching[layer]++;
      }
    }
    // Binomial: five standard deviations either side.
    for (int layer = 1; layer <= 3; layer++) {
      double expected = rows / Math.pow(LayerBuilder.RATIO, layer);
      assertEquals(expected, reaching[layer], 5 * Math.sqrt(expected), "layer " + layer);
    }
  }

  @Test
  void anotherSeedDrawsOtherMembers() {
    int both = 0;
    for (int row = 0; row < 100_000; row++) {
      both += LayerBuilder.level(row, 1) > 0 && LayerBuilder.level(row, 2) > 0 ? 1 : 0;
    }
    double expected = 100_000 / Math.pow(LayerBuilder.RATIO, 2);
    assertEquals(expected, both, 5 * Math.sqrt(expected));
  }

  @ParameterizedTest
  @CsvSource({"UINT8, SQUARED_L2", "FLOAT32, COSINE", "INT8, COSINE", "FLOAT32, INNER_PRODUCT"})
  void layersAreNestedAndHoldTheVectorsOfTheirMembers(ElementType type, Metric metric)
      throws Exception {
    int count = 20_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(count, 5, type, 90, arena);
      SortedMap<String, String> settings = new TreeMap<>();
      Path path = write(vectors, metric, settings);
      long[] memberCounts = memberCounts(path, arena);
      assertEquals(String.valueOf(memberCounts.length), settings.get("upperLayers"));
      assertEquals(String.valueOf(memberCounts[0]), settings.get("upperLayerNodes"));
      List<Integer> expected = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        if (LayerBuilder.level(row, 42) > 0) {
          expected.add(row);
        }
      }
      expected.sort(
          Comparator.comparingInt((Integer row) -> -LayerBuilder.level(row, 42))
              .thenComparing(row -> row));
      assertTrue(memberCounts.length >= 2);
      for (int layer = 1; layer <= memberCounts.length; layer++) {
        int here = layer;
        long reaching =
            expected.stream().filter(row -> LayerBuilder.level(row, 42) >= here).count();
        assertEquals(reaching, memberCounts[layer - 1]);
      }
      assertMembers(path, expected, vectors, metric, arena);
    }
  }

  // Members of each layer, the lowest first.
  private static long[] memberCounts(Path path, Arena arena) throws IOException {
    long[] fields =
        SegmentFile.read(path, LayersFormat.MAGIC, 1, LayersFormat.VERSION, arena)
            .header()
            .fields();
    int first = LayersFormat.FIELD_FIRST_COUNT;
    return Arrays.copyOfRange(fields, first, first + (int) fields[LayersFormat.FIELD_LAYER_COUNT]);
  }

  private static void assertMembers(
      Path path, List<Integer> expected, VectorSource vectors, Metric metric, Arena arena)
      throws IOException {
    MemorySegment payload =
        SegmentFile.read(path, LayersFormat.MAGIC, 1, LayersFormat.VERSION, arena).payload();
    int vectorBytes = vectors.vectorBytes();
    NodeOrder order = reversed(vectors, arena);
    long vectorsOffset = LayersFormat.vectorsOffset(expected.size());
    for (int member = 0; member < expected.size(); member++) {
      int row = expected.get(member);
      assertEquals(order.node(row), payload.getAtIndex(NativeMemory.INT, member));
      MemorySegment copy = arena.allocate(vectorBytes, 4);
      MemorySegment.copy(vectors.segment(), vectors.offset(row), copy, 0, vectorBytes);
      if (UnitLength.applies(metric, vectors.elementType())) {
        UnitLength.normalize(copy, vectors.dimension());
      }
      assertEquals(
          -1,
          copy.mismatch(payload.asSlice(vectorsOffset + (long) member * vectorBytes, vectorBytes)));
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theEntryIsAmongTheNearestMembers(Metric metric) throws Exception {
    long seed = Seeds.seed("theEntryIsAmongTheNearestMembers", 91);
    int count = 20_000;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(count, 16, ElementType.INT8, seed, arena);
      VectorSource queries = TestIndexes.queries(count, 16, ElementType.INT8, seed, 200, arena);
      Path path = write(vectors, metric, new TreeMap<>());
      UpperLayers layers = UpperLayers.read(path, manifest(vectors, metric), arena);
      EntrySelector.Finder finder = layers.newFinder();
      NodeOrder order = reversed(vectors, arena);
      List<Integer> members = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        if (LayerBuilder.level(row, 42) > 0) {
          members.add(row);
        }
      }
      int[] entries = new int[16];
      long ranks = 0;
      int nearest = 0;
      for (int query = 0; query < 200; query++) {
        int found = finder.find(queries.address(query), entries);
        assertTrue(found >= 1);
        assertTrue(finder.distanceCount() > 0 && finder.distanceCount() <= 2 * members.size());
        int entryRow = order.row(entries[0]);
        assertTrue(members.contains(entryRow));
        double distance = TestRows.distance(metric, queries, query, vectors, entryRow);
        int rank = 0;
        for (int member : members) {
          rank += TestRows.distance(metric, queries, query, vectors, member) < distance ? 1 : 0;
        }
        ranks += rank;
        nearest += rank == 0 ? 1 : 0;
      }
      assertTrue(ranks <= 200, "average rank of the entry: " + ranks / 200.0);
      assertTrue(nearest >= 160, "nearest=" + nearest);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void indexesTooSmallForADrawHaveOneMember(int count) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(count, 3, ElementType.UINT8, 92, arena);
      Path path = write(vectors, Metric.SQUARED_L2, new TreeMap<>());
      UpperLayers layers = UpperLayers.read(path, manifest(vectors, Metric.SQUARED_L2), arena);
      assertArrayEquals(new long[] {1}, memberCounts(path, arena));
      int[] entries = new int[16];
      assertEquals(1, layers.newFinder().find(vectors.address(0), entries));
      assertTrue(entries[0] >= 0 && entries[0] < count);
    }
  }

  @Test
  void anyDamagedNumberIsRefusedOrReadSafely() throws Exception {
    SplittableRandom random = Seeds.random("anyDamagedNumberIsRefusedOrReadSafely", 93);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(3_000, 4, ElementType.UINT8, 94, arena);
      Manifest manifest = manifest(vectors, Metric.SQUARED_L2);
      Path path = write(vectors, Metric.SQUARED_L2, new TreeMap<>());
      SegmentFile.Content whole = SegmentFile.read(path, LayersFormat.MAGIC, 1, 1, arena);
      int refused = 0;
      for (int round = 0; round < 160; round++) {
        long[] fields = whole.header().fields();
        byte[] payload = whole.payload().toArray(ValueLayout.JAVA_BYTE);
        if (round % 2 == 0) {
          int field = random.nextInt(fields.length);
          fields[field] ^= 1L << random.nextInt(64);
        } else {
          payload[random.nextInt(payload.length)] ^= (byte) random.nextInt(1, 256);
        }
        int length = random.nextInt(10) == 0 ? random.nextInt(fields.length) : fields.length;
        Files.delete(path);
        SegmentFile.write(
            Storage.disk().file(path),
            LayersFormat.MAGIC,
            LayersFormat.VERSION,
            INDEX_ID,
            Arrays.copyOf(fields, length),
            MemorySegment.ofArray(payload));
        refused += readsSafely(path, manifest, vectors) ? 0 : 1;
      }
      assertTrue(refused > 40, "refused=" + refused);
    }
  }

  /// Searches the layers of a file; false if opening it was refused.
  private static boolean readsSafely(Path path, Manifest manifest, VectorSource vectors)
      throws IOException {
    try (Arena arena = Arena.ofShared()) {
      EntrySelector.Finder finder = UpperLayers.read(path, manifest, arena).newFinder();
      int[] entries = new int[16];
      for (int row = 0; row < 10; row++) {
        int found = finder.find(vectors.address(row), entries);
        assertTrue(found >= 1 && found <= 16);
        for (int i = 0; i < found; i++) {
          assertTrue(entries[i] >= 0 && entries[i] < manifest.count());
        }
      }
      return true;
    } catch (CorruptFileException e) {
      assertEquals(path.toString(), e.path());
      return false;
    }
  }

  @Test
  void layersOfAnotherIndexAreRefused() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestIndexes.clustered(500, 4, ElementType.UINT8, 95, arena);
      Path path = write(vectors, Metric.SQUARED_L2, new TreeMap<>());
      for (Manifest other :
          List.of(
              manifest(vectors, Metric.COSINE),
              manifest(vectors.rows(0, 5), Metric.SQUARED_L2),
              manifest(
                  TestIndexes.clustered(500, 5, ElementType.UINT8, 95, arena), Metric.SQUARED_L2),
              manifest(
                  TestIndexes.clustered(500, 4, ElementType.INT8, 95, arena), Metric.SQUARED_L2))) {
        assertThrows(CorruptFileException.class, () -> UpperLayers.read(path, other, arena));
      }
    }
  }

  /// Writes the layers over nodes that are numbered in the reverse order of the rows.
  private Path write(VectorSource vectors, Metric metric, SortedMap<String, String> settings)
      throws IOException {
    BuildOptions options =
        TestIndexes.quickBuild("hybrid", metric).toBuilder().tuning(t -> t.seed(42)).build();
    Path path = directory.resolve("layers.hnsw");
    try (Arena arena = Arena.ofConfined()) {
      settings.putAll(
          new LayerBuilder(vectors, reversed(vectors, arena), options, INDEX_ID, Progress.NONE)
              .write(Storage.disk().file(path)));
    }
    return path;
  }

  private static NodeOrder reversed(VectorSource vectors, Arena arena) {
    int count = (int) vectors.count();
    int[] rows = IntStream.range(0, count).map(node -> count - 1 - node).toArray();
    return new NodeOrder(arena.allocateFrom(NativeMemory.INT, rows), arena);
  }

  private static Manifest manifest(VectorSource vectors, Metric metric) {
    return new Manifest(
        "hybrid",
        INDEX_ID,
        vectors.count(),
        vectors.dimension(),
        vectors.elementType(),
        metric,
        new TreeMap<>(),
        new TreeMap<>());
  }
}
