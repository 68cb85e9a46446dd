package com.omendb.diskann.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.format.PageView.MalformedPageException;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.diskann.vamana.VamanaGraph;
import com.omendb.pagecache.read.PageFile;
import com.omendb.pagecache.storage.Storage;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
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
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: every record reads back as it was written, whatever its degree, type and dimension;
/// the directory names the page that it is in; whatever the bytes of a page are, reading them gives
/// values in range or a MalformedPageException, and no address outside the page is formed.
class PageViewTest {
  private static final UUID INDEX_ID = UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "1, 4096",
    "7, 4096",
    "100, 4096",
    "256, 4096",
    "960, 4096",
    "4096, 20480",
    "8192, 36864"
  })
  void recordsRoundTripInEveryTypeAndMetric(int dimension, int floatPageBytes) throws Exception {
    SplittableRandom random = Seeds.random("recordsRoundTripInEveryTypeAndMetric", 2);
    int count = dimension > 1000 ? 20 : 150;
    for (ElementType type : ElementType.values()) {
      for (Metric metric : Metric.values()) {
        try (Arena arena = Arena.ofShared()) {
          VectorSource vectors = TestRows.uniform(random, count, dimension, type, arena);
          int[][] edges = randomEdges(random, count);
          Path path = directory.resolve(dimension + "-" + type + "-" + metric);
          PageDirectory pages =
              new BasePagesWriter(
                      vectors,
                      metric,
                      Fixtures.graph(edges, 250, 1, arena),
                      reversed(count, arena),
                      new BitSet(),
                      row -> row)
                  .write(Storage.disk().file(path), INDEX_ID, arena, Progress.NONE);
          int pageBytes = checkAll(path, pages, vectors, metric, edges, arena);
          if (type == ElementType.FLOAT32 && dimension != 960) {
            assertEquals(floatPageBytes, pageBytes);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"256, 20, false, 4096", "1014, 2, true, 4096", "1014, 20, true, 8192"})
  void recordsAreMeasuredOnlyWhereTheirSizeDecidesOnThePages(
      int dimension, int degree, boolean measured, int expectedPageBytes) throws Exception {
    SplittableRandom random = Seeds.random("recordsAreMeasuredOnlyWhere", 6);
    int count = 100;
    List<String> phases = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            phases.add(name);
          }

          @Override
          public void advance(long units) {}
        };
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, dimension, ElementType.FLOAT32, arena);
      int[][] edges = new int[count][];
      for (int row = 0; row < count; row++) {
        int first = row;
        edges[row] = IntStream.range(1, degree + 1).map(i -> (first + i * 4) % count).toArray();
      }
      Path path = directory.resolve("measured");
      PageDirectory pages =
          new BasePagesWriter(
                  vectors,
                  Metric.SQUARED_L2,
                  Fixtures.graph(edges, 60, 1, arena),
                  reversed(count, arena),
                  new BitSet(),
                  row -> Long.MAX_VALUE - row)
              .write(Storage.disk().file(path), INDEX_ID, arena, progress);
      assertEquals(measured, phases.contains("measure records"));
      assertEquals(expectedPageBytes, load(path, arena).byteSize() / (pages.pageCount() + 1));
    }
  }

  private static int checkAll(
      Path path,
      PageDirectory pages,
      VectorSource vectors,
      Metric metric,
      int[][] edges,
      Arena arena)
      throws IOException, MalformedPageException {
    int count = edges.length;
    MemorySegment file = load(path, arena);
    int pageBytes = (int) (file.byteSize() / (pages.pageCount() + 1));
    assertEquals(0, file.byteSize() % (pages.pageCount() + 1));
    PageView view = view(pageBytes, vectors.vectorBytes(), count, path);
    NodeOrder order = reversed(count, arena);
    int[] neighbours = new int[255];
    int next = 0;
    for (int page = 0; page < pages.pageCount(); page++) {
      view.moveTo(file.address() + (page + 1L) * pageBytes);
      assertEquals(next, view.firstNode());
      for (int slot = 0; slot < view.recordCount(); slot++, next++) {
        assertEquals(page, pages.page(next));
        assertEquals(slot, view.requireSlot(next));
        int row = order.row(next);
        assertEquals(row, view.vectorId(slot));
        assertVector(vectors, row, metric, view.vectorAddress(slot));
        int[] expected = Arrays.stream(edges[row]).map(order::node).sorted().toArray();
        int degree = view.neighbours(slot, neighbours);
        assertArrayEquals(expected, Arrays.copyOf(neighbours, degree));
      }
      int after = next;
      assertThrows(MalformedPageException.class, () -> view.requireSlot(after));
      assertThrows(MalformedPageException.class, () -> view.requireSlot(view.firstNode() - 1));
    }
    assertEquals(count, next);
    return pageBytes;
  }

  private static void assertVector(VectorSource vectors, int row, Metric metric, long address) {
    int bytes = vectors.vectorBytes();
    MemorySegment stored = NativeMemory.ALL.asSlice(address, bytes);
    if (metric != Metric.COSINE || vectors.elementType() != ElementType.FLOAT32) {
      assertEquals(-1, stored.mismatch(vectors.segment().asSlice(vectors.offset(row), bytes)));
      return;
    }
    double norm = 0;
    for (int column = 0; column < vectors.dimension(); column++) {
      norm += Math.pow(vectors.element(row, column), 2);
    }
    double unit = 0;
    for (int column = 0; column < vectors.dimension(); column++) {
      float value = stored.get(NativeMemory.FLOAT, 4L * column);
      assertEquals(vectors.element(row, column) / Math.sqrt(norm), value, 1e-6);
      unit += (double) value * value;
    }
    assertEquals(1, unit, 1e-5);
  }

  @Test
  void neighboursAndIdsOfTheWholeRangeRoundTrip() throws Exception {
    SplittableRandom random = Seeds.random("neighboursAndIdsOfTheWholeRangeRoundTrip", 3);
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors = TestRows.uniform(random, 1, 5, ElementType.INT8, arena);
      NeighbourCodec codec = new NeighbourCodec(Integer.MAX_VALUE, random.nextInt(17));
      RecordEncoder encoder = new RecordEncoder(vectors, Metric.SQUARED_L2, 250, codec, arena);
      PageView view = new PageView(4096, 5, Integer.MAX_VALUE, codec);
      for (int degree = 0; degree <= 250; degree++) {
        int[] neighbours = random.ints(0, Integer.MAX_VALUE).distinct().limit(degree).toArray();
        if (degree > 2) {
          neighbours[0] = Integer.MAX_VALUE - 1;
          neighbours[1] = 0;
          neighbours = Arrays.stream(neighbours).distinct().toArray();
        }
        long id = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
        int[] sorted = neighbours.clone();
        Arrays.sort(sorted);
        assertEquals(
            5 + Varint.bytes(id) + codec.measure(sorted, sorted.length),
            encoder.encode(0, id, neighbours, neighbours.length));
        view.moveTo(pageOf(encoder, arena).address());
        assertEquals(id, view.vectorId(0));
        int[] read = new int[255];
        assertArrayEquals(sorted, Arrays.copyOf(read, view.neighbours(0, read)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void anyDamagedByteGivesValuesInRangeOrIsRefused(ElementType type) throws Exception {
    SplittableRandom random = Seeds.random("anyDamagedByteGivesValuesInRangeOrIsRefused", 4);
    int count = 40;
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors = TestRows.uniform(random, count, 3, type, arena);
      VamanaGraph graph = Fixtures.graph(randomEdges(random, count), 250, 0, arena);
      Path path = directory.resolve("pages");
      new BasePagesWriter(
              vectors, Metric.SQUARED_L2, graph, reversed(count, arena), new BitSet(), row -> row)
          .write(Storage.disk().file(path), INDEX_ID, arena, Progress.NONE);
      MemorySegment page = load(path, arena).asSlice(4096, 4096);
      PageView view = view(4096, vectors.vectorBytes(), count, path);
      assertTrue(readAll(view, page, count), "the page is sound before it is damaged");
      int refused = 0;
      for (int offset = 8; offset < 4096; offset++) {
        byte whole = page.get(ValueLayout.JAVA_BYTE, offset);
        for (int bits : new int[] {1, 4, 16, 64, 128, 0xff, random.nextInt(1, 256)}) {
          page.set(ValueLayout.JAVA_BYTE, offset, (byte) (whole ^ bits));
          refused += readAll(view, page, count) ? 0 : 1;
        }
        page.set(ValueLayout.JAVA_BYTE, offset, whole);
      }
      assertTrue(refused > 0);
    }
  }

  @Test
  void pagesOfNoiseGiveValuesInRangeOrAreRefused() {
    SplittableRandom random = Seeds.random("pagesOfNoiseGiveValuesInRangeOrAreRefused", 5);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(4096, 64);
      for (int round = 0; round < 5_000; round++) {
        for (int offset = 0; offset < 256; offset += 8) {
          page.set(NativeMemory.LONG, offset, random.nextLong() >>> random.nextInt(64));
        }
        // A plausible header, so that the noise behind it is looked at.
        page.set(NativeMemory.INT, 8, random.nextInt(20));
        page.set(NativeMemory.SHORT, 12, (short) random.nextInt(1, 12));
        for (int slot = 0; slot < 12; slot++) {
          page.set(NativeMemory.SHORT, 16 + 2L * slot, (short) random.nextInt(4200));
        }
        readAll(
            new PageView(4096, random.nextInt(1, 300), 30, new NeighbourCodec(30, 0)), page, 30);
      }
    }
  }

  @Test
  void aTableThatDoesNotFitThePageOrTheIndexIsRefused() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource vectors =
          TestRows.uniform(new SplittableRandom(1), 1, 4, ElementType.UINT8, arena);
      NeighbourCodec codec = new NeighbourCodec(10, 0);
      RecordEncoder encoder = new RecordEncoder(vectors, Metric.SQUARED_L2, 4, codec, arena);
      encoder.encode(0, 0, new int[0], 0);
      MemorySegment page = pageOf(encoder, arena);
      PageView view = new PageView(4096, 4, 10, codec);
      view.moveTo(page.address());
      page.set(NativeMemory.SHORT, BasePageFormat.RECORD_COUNT_OFFSET, (short) 0);
      assertThrows(MalformedPageException.class, () -> view.moveTo(page.address()));
      page.set(NativeMemory.SHORT, BasePageFormat.RECORD_COUNT_OFFSET, (short) 2041);
      assertThrows(
          MalformedPageException.class,
          () -> new PageView(4096, 4, 1 << 20, codec).moveTo(page.address()));
      page.set(NativeMemory.SHORT, BasePageFormat.RECORD_COUNT_OFFSET, (short) 1);
      for (int firstNode : new int[] {10, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        page.set(NativeMemory.INT, BasePageFormat.FIRST_NODE_OFFSET, firstNode);
        assertThrows(MalformedPageException.class, () -> view.moveTo(page.address()));
      }
    }
  }

  /// A view of the pages of a file, with the codec that its header names.
  private static PageView view(int pageBytes, int vectorBytes, int nodeCount, Path path)
      throws IOException {
    try (PageFile pages =
        PageFile.open(
            path, BasePageFormat.MAGIC, BasePageFormat.VERSION, BasePageFormat.VERSION, false)) {
      int baseBits = (int) pages.header().fields()[BasePageFormat.FIELD_BASE_BITS];
      return new PageView(
          pageBytes, vectorBytes, nodeCount, new NeighbourCodec(nodeCount, baseBits));
    }
  }

  /// Reads everything there is; false if some of it was refused.
  private static boolean readAll(PageView view, MemorySegment page, int nodeCount) {
    int[] neighbours = new int[255];
    boolean sound = true;
    try {
      view.moveTo(page.address());
    } catch (MalformedPageException _) {
      return false;
    }
    assertTrue(view.firstNode() >= 0 && view.firstNode() + view.recordCount() <= nodeCount);
    for (int slot = 0; slot < view.recordCount(); slot++) {
      try {
        long start = view.vectorAddress(slot) - page.address();
        assertTrue(start >= 0 && start < page.byteSize());
        assertTrue(view.vectorId(slot) >= 0);
        int degree = view.neighbours(slot, neighbours);
        for (int i = 0; i < degree; i++) {
          assertTrue(neighbours[i] < nodeCount);
          assertTrue(neighbours[i] > (i == 0 ? -1 : neighbours[i - 1]));
        }
      } catch (MalformedPageException _) {
        sound = false;
      }
    }
    return sound;
  }

  private static MemorySegment pageOf(RecordEncoder encoder, Arena arena) {
    MemorySegment page = arena.allocate(4096, 64);
    page.set(NativeMemory.SHORT, BasePageFormat.RECORD_COUNT_OFFSET, (short) 1);
    page.set(NativeMemory.SHORT, BasePageFormat.TABLE_OFFSET, (short) 18);
    page.asSlice(18).copyFrom(encoder.record());
    return page;
  }

  private static MemorySegment load(Path path, Arena arena) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    MemorySegment memory = arena.allocate(bytes.length, 64);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return memory;
  }

  private static int[][] randomEdges(SplittableRandom random, int count) {
    int[][] edges = new int[count][];
    for (int row = 0; row < count; row++) {
      int degree = random.nextInt(Math.min(250, count) + 1);
      edges[row] = random.ints(0, count).distinct().limit(degree).toArray();
    }
    return edges;
  }

  private static NodeOrder reversed(int count, Arena arena) {
    int[] rows = IntStream.range(0, count).map(node -> count - 1 - node).toArray();
    return Fixtures.order(rows, arena);
  }
}
