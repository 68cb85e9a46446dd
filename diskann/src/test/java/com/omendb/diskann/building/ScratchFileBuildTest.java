package com.omendb.diskann.building;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.diskann.testing.TestIndexes;
import com.omendb.diskann.vamana.Fixtures;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pagecache.storage.Storage;
import com.omendb.store.AnnIndex;
import com.omendb.store.BuildOptions;
import com.omendb.store.SearchRequest;
import com.omendb.store.VectorIds;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: where the memory of a build comes from does not change the index; nothing but the
/// index is left; vectors that are moved keep their rows.
class ScratchFileBuildTest {
  private static final int COUNT = 20_000;
  private static final int DIMENSION = 64;

  // More data than the budget holds.
  private static final BuildPlan IN_FILES =
      new BuildPlan(1L << 40, 0, 1L << 41, 0, 0, 0, 0, 1L << 20, 1 << 16);

  @TempDir Path temporary;

  @Test
  void aBuildInScratchFilesGivesTheSameAnswers() throws IOException {
    long seed = Seeds.seed("aBuildInScratchFilesGivesTheSameAnswers", 61);
    try (Arena arena = Arena.ofShared()) {
      VectorSource vectors =
          TestIndexes.clustered(COUNT, DIMENSION, ElementType.UINT8, seed, arena);
      VectorSource queries =
          TestIndexes.queries(COUNT, DIMENSION, ElementType.UINT8, seed, 20, arena);
      BuildOptions options =
          TestIndexes.quickBuild("diskann", Metric.SQUARED_L2).toBuilder()
              .maxDegree(16)
              .threads(1)
              .tuning(t -> t.buildListSize(24).seed(seed))
              .build();
      Path inMemory = temporary.resolve("memory");
      Path inFiles = temporary.resolve("files");
      AnnIndex.build(vectors, inMemory, options, Progress.NONE);
      IndexBuild.run(
          vectors,
          VectorIds.rows(),
          new IndexBuild.Target(Storage.disk(), inFiles, 0),
          options,
          Fixtures.PARTS.toBuild(VectorShape.of(vectors), BuildOptions.defaults()),
          Progress.NONE,
          IN_FILES);
      assertEquals(List.of(), scratchFiles(inFiles));
      try (AnnIndex one = AnnIndex.open(inMemory, TestIndexes.quickOpen());
          AnnIndex other = AnnIndex.open(inFiles, TestIndexes.quickOpen())) {
        for (int query = 0; query < 20; query++) {
          SearchRequest request = SearchRequest.of(queries, query, 10);
          assertArrayEquals(one.search(request).ids(), other.search(request).ids());
        }
      }
    }
  }

  private static List<Path> scratchFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(path -> path.toString().endsWith(".tmp")).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void movedVectorsKeepTheirRowsAndLieNearEachOther(Metric metric) {
    long seed = Seeds.seed("movedVectorsKeepTheirRowsAndLieNearEachOther", 61);
    try (Arena arena = Arena.ofShared()) {
      VectorSource input = TestIndexes.clustered(COUNT, 24, ElementType.FLOAT32, seed, arena);
      LocalRows rows = LocalRows.of(input, metric, 2, seed, arena, Progress.NONE);
      BitSet seen = new BitSet();
      for (int row = 0; row < COUNT; row++) {
        long inputRow = rows.inputRow(row);
        seen.set((int) inputRow);
        assertEquals(-1, mismatch(input, inputRow, rows.vectors(), row));
      }
      assertEquals(COUNT, seen.cardinality());
      assertTrue(stepLength(rows.vectors()) < 0.9 * stepLength(input));
    }
  }

  private static long mismatch(VectorSource a, long rowA, VectorSource b, long rowB) {
    return MemorySegment.mismatch(
        a.segment(),
        a.offset(rowA),
        a.offset(rowA) + a.vectorBytes(),
        b.segment(),
        b.offset(rowB),
        b.offset(rowB) + b.vectorBytes());
  }

  // Mean squared distance of each vector to the next.
  private static double stepLength(VectorSource vectors) {
    double sum = 0;
    for (long row = 1; row < vectors.count(); row++) {
      for (int column = 0; column < vectors.dimension(); column++) {
        double step = vectors.element(row, column) - vectors.element(row - 1, column);
        sum += step * step;
      }
    }
    return sum / vectors.count();
  }

  @Test
  void theSmallestBudgetIsEnoughAndOneByteLessIsRefused() {
    BuildPlan roomy =
        new BuildPlan(Long.MAX_VALUE, 100 << 20, 1L << 40, 1L << 41, 0, 10 << 20, 0, 0, 0);
    assertFalse(roomy.inFiles());
    BuildPlan least = withBudget(roomy, roomy.smallestBytes());
    least.requireWithinBudget();
    assertTrue(least.inFiles());
    BuildPlan tooSmall = withBudget(roomy, roomy.smallestBytes() - 1);
    assertThrows(MemoryBudgetException.class, tooSmall::requireWithinBudget);
    assertFalse(withBudget(roomy, roomy.peakBytes()).inFiles());
  }

  private static BuildPlan withBudget(BuildPlan plan, long budgetBytes) {
    return new BuildPlan(
        budgetBytes,
        plan.jvmBytes(),
        plan.vectorBytes(),
        plan.graphBytes(),
        plan.codeBytes(),
        plan.scratchBytes(),
        plan.candidateUseBytes(),
        plan.candidateBytes(),
        plan.copyBytes());
  }
}
