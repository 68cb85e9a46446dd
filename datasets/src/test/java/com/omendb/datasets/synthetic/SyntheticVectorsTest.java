package com.omendb.datasets.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.datasets.files.VectorFile;
import com.omendb.datasets.testing.TestVectors;
import com.omendb.datasets.truth.GroundTruth;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: a set depends on its options alone, not on threads, blocks or destination; queries
/// are no base vectors; a neighbourhood has about the intrinsic dimension that was asked for.
class SyntheticVectorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void sameOptionsGiveTheSameVectorsWhateverTheThreads(ElementType elementType) {
    SyntheticOptions options = new SyntheticOptions(10_001, 33, elementType, 5);
    try (Arena arena = Arena.ofShared()) {
      VectorSource one = SyntheticVectors.generate(options, arena, 1);
      for (int threads : new int[] {2, 7}) {
        VectorSource many = SyntheticVectors.generate(options, arena, threads);
        assertTrue(TestVectors.sameRows(one, many));
      }
      SyntheticOptions otherSeed = new SyntheticOptions(10_001, 33, elementType, 6);
      assertFalse(TestVectors.sameRows(one, SyntheticVectors.generate(otherSeed, arena)));
    }
  }

  @ParameterizedTest
  @CsvSource({"fbin, FLOAT32", "bvecs, UINT8", "i8bin, INT8"})
  void writtenSetIsTheOneInMemory(String extension, ElementType elementType) throws IOException {
    // 10 MB of base vectors: more than one block.
    SyntheticOptions options =
        new SyntheticOptions(2_600, 4000 / elementType.elementBytes(), elementType, 20, 8, 5);
    Path base = folder.resolve("base." + extension);
    Path queries = folder.resolve("query." + extension);
    SyntheticVectors.write(options, base, queries, 50, Progress.NONE);
    try (Arena arena = Arena.ofShared();
        VectorFile baseFile = VectorFile.open(base);
        VectorFile queryFile = VectorFile.open(queries)) {
      VectorSource inMemory = SyntheticVectors.generate(options, arena);
      assertTrue(TestVectors.sameRows(inMemory, baseFile.vectors()));
      VectorSource queriesInMemory = SyntheticVectors.generateQueries(options, 50, arena);
      assertTrue(TestVectors.sameRows(queriesInMemory, queryFile.vectors()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, 64, FLOAT32",
    "8, 128, UINT8",
    "16, 128, UINT8",
    "16, 96, INT8",
    "32, 200, FLOAT32"
  })
  void neighbourhoodsHaveAboutTheIntrinsicDimensionAskedFor(
      int intrinsicDimension, int dimension, ElementType elementType) {
    SyntheticOptions options =
        new SyntheticOptions(20_000, dimension, elementType, 0, intrinsicDimension, 11);
    try (Arena arena = Arena.ofShared()) {
      VectorSource base = SyntheticVectors.generate(options, arena);
      VectorSource queries = SyntheticVectors.generateQueries(options, 200, arena);
      GroundTruth truth =
          GroundTruth.compute(base, queries, Metric.SQUARED_L2, 20, 2, Progress.NONE);
      double estimate = localIntrinsicDimension(truth);
      assertEquals(intrinsicDimension, estimate, 0.35 * intrinsicDimension);
      for (long query = 0; query < 200; query++) {
        assertTrue(truth.distance(query, 0) > 0, "a query is a base vector");
      }
    }
  }

  @Test
  void bytesUseTheirRangeAndAreHardlyCutOff() {
    for (ElementType elementType : new ElementType[] {ElementType.UINT8, ElementType.INT8}) {
      SyntheticOptions options = new SyntheticOptions(5000, 64, elementType, 3);
      float lowest = elementType == ElementType.UINT8 ? 0 : -128;
      long atTheEnds = 0;
      double sum = 0;
      double squares = 0;
      try (Arena arena = Arena.ofShared()) {
        VectorSource vectors = SyntheticVectors.generate(options, arena);
        for (long row = 0; row < vectors.count(); row++) {
          for (int column = 0; column < 64; column++) {
            float element = vectors.element(row, column) - lowest;
            atTheEnds += element == 0 || element == 255 ? 1 : 0;
            sum += element;
            squares += element * element;
          }
        }
      }
      double cells = 5000 * 64.0;
      double mean = sum / cells;
      double deviation = Math.sqrt(squares / cells - mean * mean);
      assertEquals(128, mean, 15);
      assertTrue(deviation > 25 && deviation < 60, "deviation=" + deviation);
      assertTrue(atTheEnds < 0.005 * cells, "atTheEnds=" + atTheEnds);
    }
  }

  @Test
  void oneVectorOfOneElementIsPossible() {
    try (Arena arena = Arena.ofShared()) {
      SyntheticOptions options = new SyntheticOptions(1, 1, ElementType.FLOAT32, 1, 1, 0);
      assertEquals(1, SyntheticVectors.generate(options, arena).count());
    }
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    for (long[] bad :
        new long[][] {{0, 8, 0, 8}, {10, 0, 0, 8}, {10, 8, -1, 8}, {10, 8, 0, 0}, {10, 8, 0, 49}}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new SyntheticOptions(
                  bad[0], (int) bad[1], ElementType.UINT8, (int) bad[2], (int) bad[3], 1));
    }
    SyntheticOptions options = new SyntheticOptions(10, 8, ElementType.UINT8, 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> SyntheticVectors.generateQueries(options, 0, Arena.global()));
    assertEquals(16, options.effectiveClusterCount());
    assertEquals(
        2048, new SyntheticOptions(10_000_000, 8, ElementType.UINT8, 1).effectiveClusterCount());
  }

  /// The maximum likelihood estimate of Levina and Bickel, averaged over the queries as MacKay and
  /// Ghahramani propose.
  private static double localIntrinsicDimension(GroundTruth truth) {
    double sum = 0;
    for (long query = 0; query < truth.queryCount(); query++) {
      double farthest = truth.distance(query, truth.k() - 1);
      double logs = 0;
      for (int rank = 0; rank < truth.k() - 1; rank++) {
        // Half the logarithm, because distances are squared.
        logs += 0.5 * Math.log(farthest / truth.distance(query, rank));
      }
      sum += logs / (truth.k() - 1);
    }
    return truth.queryCount() / sum;
  }
}
