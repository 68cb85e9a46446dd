package com.omendb.hnswif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.errors.BuildInterruptedException;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.BuildReport;
import com.omendb.store.Neighbour;
import com.omendb.store.OpenOptions;
import com.omendb.store.RowReader;
import com.omendb.store.VectorIds;
import com.omendb.store.repair.RepairOptions;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Refusals;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a Java program does first: vectors of its own arrays, ids of its own, build, open, search.
class FirstIndexTest {
  private static final int COUNT = 400;
  private static final int DIMENSION = 12;

  @TempDir Path temporary;

  private final float[][] vectors = new float[COUNT][DIMENSION];
  private final long[] ids = new long[COUNT];

  @BeforeEach
  void generate() {
    SplittableRandom random = Seeds.random("FirstIndexTest", 94);
    for (int row = 0; row < COUNT; row++) {
      for (int column = 0; column < DIMENSION; column++) {
        vectors[row][column] = (float) random.nextDouble();
      }
      ids[row] = 7_000_000_000L + 31L * row;
    }
  }

  private BuildReport build(Path index, VectorIds own) throws IOException {
    return AnnIndex.build(
        VectorSource.of(vectors), own, index, BuildOptions.defaults(), Progress.NONE);
  }

  @Test
  void arraysAreIndexedAndSearchedByDefaultOptions() throws IOException {
    Path index = temporary.resolve("index");
    BuildReport report = AnnIndex.build(VectorSource.of(vectors), index);
    assertEquals(COUNT, report.count());
    assertTrue(report.indexBytes() > COUNT * DIMENSION * Float.BYTES);
    assertTrue(report.selfCheckRecall().orElse(0) > 0.9);
    try (AnnIndex open = AnnIndex.open(index)) {
      List<Neighbour> nearest = open.search(vectors[42], 10).neighbours();
      assertEquals(new Neighbour(42, 0), nearest.getFirst());
      assertEquals(10, nearest.size());
      assertEquals(open.search(vectors[42], 10), open.search(vectors[42], 10));
    }
  }

  @Test
  void idsOfTheCallersOwnAreReturnedAndOutliveARepair() throws IOException {
    Path index = temporary.resolve("index");
    build(index, VectorIds.of(ids));
    assertFinds(index, ids);
    Files.delete(TestFiles.file(index, "thin.graph"));
    Path repaired = temporary.resolve("repaired");
    AnnIndex.repair(index, repaired, Optional.empty(), RepairOptions.defaults(), Progress.NONE);
    assertFinds(repaired, ids);
  }

  private void assertFinds(Path index, long[] expected) throws IOException {
    try (AnnIndex open =
        AnnIndex.open(index, OpenOptions.builder().memoryBudgetBytes(8 << 20).build())) {
      long[] found = new long[COUNT];
      for (int row = 0; row < COUNT; row++) {
        found[row] = open.search(vectors[row], 1).id(0);
      }
      assertArrayEquals(expected, found);
    }
  }

  @Test
  void idsThatAreEqualNegativeOrTooFewAreRefused() {
    Path index = temporary.resolve("index");
    long[] equal = ids.clone();
    equal[5] = equal[300];
    Refusals.assertRefused("id=" + equal[5], () -> build(index, VectorIds.of(equal)));
    long[] negative = ids.clone();
    negative[5] = -1;
    Refusals.assertRefused("id=-1", () -> build(index, VectorIds.of(negative)));
    Refusals.assertRefused(
        "ids=399", () -> build(index, VectorIds.of(Arrays.copyOf(ids, COUNT - 1))));
    Refusals.assertRefused("ids=0", VectorIds::of);
    assertTrue(Files.notExists(index));
  }

  @Test
  void arraysThatAreNoVectorsAreRefused() {
    Refusals.assertRefused("rows=0", () -> VectorSource.of(new float[0][]));
    vectors[3] = new float[DIMENSION + 1];
    Refusals.assertRefused("row=3", () -> VectorSource.of(vectors));
  }

  @Test
  void rowsThatAreReadOnceAreIndexedWithTheirIds() throws IOException {
    Path index = temporary.resolve("deep").resolve("index");
    RowReader reader =
        new RowReader() {
          private int row;

          @Override
          public int dimension() {
            return DIMENSION;
          }

          @Override
          public ElementType elementType() {
            return ElementType.FLOAT32;
          }

          @Override
          public boolean next(MemorySegment target) {
            if (row == COUNT) {
              return false;
            }
            MemorySegment.copy(vectors[row++], 0, target, ValueLayout.JAVA_FLOAT, 0, DIMENSION);
            return true;
          }

          @Override
          public long id(long at) {
            return ids[(int) at];
          }
        };
    BuildReport report = AnnIndex.build(reader, index, BuildOptions.defaults(), Progress.NONE);
    assertEquals(COUNT, report.count());
    assertFinds(index, ids);
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(temporary.resolve("deep")), left.toList());
    }
  }

  @Test
  void anInterruptedBuildEndsInOneWayWhateverItWasDoing() {
    for (String phase : List.of("check vectors", "order vectors", "pack pages", "write pages")) {
      Progress interrupting =
          new Progress() {
            @Override
            public void phase(String name, long totalUnits) {
              if (name.equals(phase)) {
                Thread.currentThread().interrupt();
              }
            }

            @Override
            public void advance(long units) {}
          };
      Path index = temporary.resolve(phase);
      assertThrows(
          BuildInterruptedException.class,
          () ->
              AnnIndex.build(
                  VectorSource.of(vectors), index, BuildOptions.defaults(), interrupting),
          phase);
      assertTrue(Thread.interrupted(), phase);
    }
  }

  @Test
  void anIndexIsArchivedAndRestored() throws IOException {
    Path index = temporary.resolve("index");
    build(index, VectorIds.rows());
    Path archive = temporary.resolve("archive");
    Path back = temporary.resolve("back");
    AnnIndex.snapshot(index, archive, Progress.NONE);
    AnnIndex.restore(archive, back, Progress.NONE);
    assertFinds(back, LongStream.range(0, COUNT).toArray());
  }
}
