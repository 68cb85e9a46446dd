package com.omendb.datasets.truth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.omendb.datasets.files.IntMatrix;
import com.omendb.datasets.files.MatrixFiles;
import com.omendb.datasets.files.VectorFileException;
import com.omendb.datasets.io.StagedFile;
import com.omendb.datasets.testing.TestVectors;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: the nearest rows are those of a full sort by (distance, row), whatever the metric,
/// type, number of threads, and number of ties; files keep everything.
class GroundTruthTest {
  @TempDir Path folder;

  private final SplittableRandom random = Seeds.random("GroundTruthTest", 7);

  @ParameterizedTest
  @EnumSource
  void agreesWithAFullSortForEveryTypeAndThreadCount(Metric metric) {
    try (Arena arena = Arena.ofShared()) {
      for (ElementType elementType : ElementType.values()) {
        VectorSource base = TestVectors.random(random, arena, 1500, 19, elementType);
        VectorSource queries = TestVectors.random(random, arena, 301, 19, elementType);
        GroundTruth one = GroundTruth.compute(base, queries, metric, 10, 1, Progress.NONE);
        for (int threads : new int[] {2, 5}) {
          GroundTruth many = GroundTruth.compute(base, queries, metric, 10, threads, Progress.NONE);
          assertSame(one, many, elementType);
        }
        for (int query = 0; query < 301; query += 30) {
          assertNearest(base, queries, query, metric, one);
        }
      }
    }
  }

  @Test
  void equalDistancesComeByLowerRow() {
    try (Arena arena = Arena.ofShared()) {
      int count = 5000;
      MemorySegment segment = arena.allocate(count);
      for (int row = 0; row < count; row++) {
        segment.set(NativeMemory.BYTE, row, (byte) random.nextInt(4));
      }
      VectorSource base = VectorSource.dense(segment, count, 1, ElementType.UINT8);
      VectorSource queries = base.rows(0, 20);
      GroundTruth truth =
          GroundTruth.compute(base, queries, Metric.SQUARED_L2, 1400, 2, Progress.NONE);
      for (int query = 0; query < 20; query++) {
        assertNearest(base, queries, query, Metric.SQUARED_L2, truth);
      }
    }
  }

  @Test
  void allRowsAreReturnedInOrderWhenAsManyAreAskedFor() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestVectors.random(random, arena, 37, 5, ElementType.FLOAT32);
      VectorSource strided = TestVectors.strided(base, arena, 3);
      GroundTruth truth =
          GroundTruth.compute(strided, base, Metric.SQUARED_L2, 37, 3, Progress.NONE);
      for (int query = 0; query < 37; query++) {
        assertEquals(query, truth.id(query, 0));
        assertEquals(0, truth.distance(query, 0));
        assertNearest(base, base, query, Metric.SQUARED_L2, truth);
      }
    }
  }

  @Test
  void progressAddsUpToAllPairs() {
    AtomicLong total = new AtomicLong();
    AtomicLong done = new AtomicLong();
    Progress progress =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            total.addAndGet(totalUnits);
          }

          @Override
          public void advance(long units) {
            done.addAndGet(units);
          }
        };
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestVectors.random(random, arena, 3001, 8, ElementType.INT8);
      GroundTruth.compute(base, base.rows(0, 700), Metric.SQUARED_L2, 3, 2, progress);
    }
    assertEquals(3001L * 700, total.get());
    assertEquals(total.get(), done.get());
  }

  @Test
  void mistakesAreRefused() {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestVectors.random(random, arena, 10, 8, ElementType.INT8);
      VectorSource narrow = TestVectors.random(random, arena, 10, 7, ElementType.INT8);
      VectorSource other = TestVectors.random(random, arena, 10, 8, ElementType.UINT8);
      assertRefused(base, narrow, 1, 1);
      assertRefused(base, other, 1, 1);
      assertRefused(base, base, 0, 1);
      assertRefused(base, base, (1 << 20) + 1, 1);
      assertRefused(base.rows(0, 0), base, 1, 1);
      assertRefused(base, base, 1, 0);
      assertRefused(base, base.rows(0, 0), 1, 1);
    }
  }

  @Test
  void failureInProgressStopsTheWorkAndIsThrown() {
    Progress failing =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {}

          @Override
          public void advance(long units) {
            throw new IllegalStateException("stop");
          }
        };
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestVectors.random(random, arena, 100, 8, ElementType.INT8);
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> GroundTruth.compute(base, base, Metric.SQUARED_L2, 3, 4, failing));
      assertEquals("stop", e.getMessage());
    }
  }

  @Test
  void writtenTruthIsReadBackWithItsDistances() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = TestVectors.random(random, arena, 200, 8, ElementType.FLOAT32);
      GroundTruth truth =
          GroundTruth.compute(base, base.rows(3, 40), Metric.SQUARED_L2, 7, 2, Progress.NONE);
      Path path = folder.resolve("gt.ibin");
      truth.write(path);
      GroundTruth read = GroundTruth.read(path);
      assertEquals(40, read.queryCount());
      assertEquals(7, read.k());
      assertTrue(read.hasDistances());
      assertEquals(-1, truth.ids().mismatch(read.ids()));
      assertEquals(-1, truth.distances().mismatch(read.distances()));
      Files.move(folder.resolve("gt.distances.fbin"), folder.resolve("gt.sqdist.fbin"));
      assertEquals(truth.distance(39, 6), GroundTruth.read(TestVectors.gzip(path)).distance(39, 6));
      assertThrows(IllegalArgumentException.class, () -> truth.write(folder.resolve("gt.fbin")));
      assertEquals(0, TestVectors.leftOvers(folder));
    }
  }

  @Test
  void truthWithoutDistancesSaysSo() throws IOException {
    Path path = folder.resolve("gt.ivecs");
    MatrixFiles.writeInts(path, new int[] {5, 6, 7, 8}, 2);
    GroundTruth truth = GroundTruth.read(path);
    assertFalse(truth.hasDistances());
    assertEquals(8, truth.id(1, 1));
    assertThrows(IllegalStateException.class, () -> truth.distance(0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> truth.id(2, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> truth.id(0, 2));
    truth.write(folder.resolve("copy.ibin"));
    assertFalse(GroundTruth.read(folder.resolve("copy.ibin")).hasDistances());
  }

  /// As the billion-scale benchmarks and DiskANN write it: rows, then distances, in one file.
  @Test
  void rowsAndDistancesInOneFileAreToldByTheirLength() throws IOException {
    for (String name : new String[] {"gt.ibin", "gt.bin", "GT_10M", "gt.public.10K"}) {
      Path path =
          TestVectors.write(
              folder.resolve(name),
              64,
              bytes -> {
                bytes.putInt(2).putInt(3);
                for (int row : new int[] {7, 8, 9, 4, 5, -1}) {
                  bytes.putInt(row);
                }
                for (float distance : new float[] {0.5f, 1, 2, 3, 4, 0}) {
                  bytes.putFloat(distance);
                }
              });
      for (Path each : new Path[] {path, TestVectors.gzip(path)}) {
        GroundTruth truth = GroundTruth.read(each);
        assertEquals(2, truth.queryCount());
        assertEquals(3, truth.k());
        assertEquals(5, truth.id(1, 1));
        assertTrue(truth.hasDistances());
        assertEquals(4, truth.distance(1, 1));
        assertEquals(3, truth.count(0));
        assertEquals(2, truth.count(1), "the last place is empty");
      }
      byte[] whole = Files.readAllBytes(path);
      for (int length : new int[] {55, 33, 57, 31}) {
        Files.write(path, Arrays.copyOf(whole, length));
        VectorFileException e =
            assertThrows(VectorFileException.class, () -> GroundTruth.read(path), name);
        assertTrue(TestVectors.message(e).contains(length + " bytes"), e.getMessage());
      }
      Files.write(path, Arrays.copyOf(whole, 32));
      assertFalse(GroundTruth.read(path).hasDistances());
    }
    try (IntMatrix rows = IntMatrix.open(folder.resolve("gt.ibin"))) {
      assertEquals(9, rows.get(0, 2));
    }
  }

  @Test
  void fullDiskIsSaidWithTheFile() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no device that is always full");
    Path path = folder.resolve("gt.ibin");
    FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE);
    try (StagedFile file = new StagedFile(path, folder.resolve("gt.ibin.part"), channel)) {
      FileSystemException e =
          assertThrows(
              FileSystemException.class, () -> file.append(ByteBuffer.wrap(new byte[] {1, 2})));
      assertEquals(path.toString(), e.getFile());
      assertNotNull(e.getReason());
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void rowsAreNotReplacedWithoutTheirDistances() throws IOException {
    MemorySegment numbers = Arena.ofAuto().allocate(8, 4);
    Path rows = folder.resolve("other.ibin");
    new GroundTruth(1, 2, numbers, numbers).write(rows);
    byte[] before = Files.readAllBytes(rows);
    Path distances = folder.resolve("other.distances.fbin");
    Files.delete(distances);
    Files.createDirectories(distances.resolve("in the way"));
    MemorySegment ones = Arena.ofAuto().allocate(8, 4).fill((byte) 1);
    assertThrows(IOException.class, () -> new GroundTruth(1, 2, ones, ones).write(rows));
    assertArrayEquals(before, Files.readAllBytes(rows));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(2, left.count());
    }
  }

  @Test
  void distancesOfAnotherShapeAreRefused() throws IOException {
    MatrixFiles.writeInts(folder.resolve("gt.ibin"), new int[] {5, 6, 7, 8}, 2);
    MatrixFiles.writeFloats(folder.resolve("gt.distances.fbin"), new float[] {5, 6, 7, 8}, 4);
    assertThrows(VectorFileException.class, () -> GroundTruth.read(folder.resolve("gt.ibin")));
  }

  /// Integer types agree bit for bit. A float sum may differ in its last bits, because the order in
  /// which SIMD lanes are added up depends on whether the kernel was compiled already.
  private static void assertSame(GroundTruth one, GroundTruth other, ElementType elementType) {
    if (elementType != ElementType.FLOAT32) {
      assertEquals(-1, one.ids().mismatch(other.ids()));
      assertEquals(-1, one.distances().mismatch(other.distances()));
      return;
    }
    for (long query = 0; query < one.queryCount(); query++) {
      for (int rank = 0; rank < one.k(); rank++) {
        float distance = one.distance(query, rank);
        float tolerance = 1e-5f * Math.max(1, Math.abs(distance));
        assertEquals(distance, other.distance(query, rank), tolerance);
      }
    }
  }

  private static void assertRefused(VectorSource base, VectorSource queries, int k, int threads) {
    assertThrows(
        IllegalArgumentException.class,
        () -> GroundTruth.compute(base, queries, Metric.SQUARED_L2, k, threads, Progress.NONE));
  }

  /// Compares with a full sort in double precision. Where two distances are so close that rounding
  /// decides, only the distance is compared.
  private static void assertNearest(
      VectorSource base, VectorSource queries, int query, Metric metric, GroundTruth truth) {
    double[] distances =
        IntStream.range(0, (int) base.count())
            .mapToDouble(row -> TestRows.distance(metric, queries, query, base, row))
            .toArray();
    int[] order =
        IntStream.range(0, distances.length)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(row -> distances[row]).thenComparing(r -> r))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int rank = 0; rank < truth.k(); rank++) {
      double expected = distances[order[rank]];
      double tolerance = 1e-5 * Math.max(1, Math.abs(expected));
      assertEquals(expected, truth.distance(query, rank), tolerance);
      assertEquals(expected, distances[truth.id(query, rank)], tolerance);
      if (metric == Metric.SQUARED_L2 && base.elementType() != ElementType.FLOAT32) {
        assertEquals(order[rank], truth.id(query, rank));
      }
    }
  }
}
