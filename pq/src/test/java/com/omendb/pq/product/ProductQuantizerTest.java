package com.omendb.pq.product;

import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.omendb.pq.CodeError;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: a code names the nearest centroid of every subspace; codebook and codes depend on
/// vectors, options and seed only; more iterations never make the training vectors' residual
/// larger; at most 256 distinct vectors are quantized without loss.
class ProductQuantizerTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "7, 7", "8, 1", "100, 33", "8192, 8192", "8191, 1"})
  void subspacesCoverTheColumnsInOrder(int dimension, int subspaceCount) {
    MemorySegment codebook = Arena.ofAuto().allocate(ProductQuantizer.codebookBytes(dimension));
    ProductQuantizer quantizer = ProductQuantizer.of(dimension, subspaceCount, false, codebook);
    int next = 0;
    for (int s = 0; s < subspaceCount; s++) {
      assertEquals(next, quantizer.subspaceOffset(s));
      int longer = s < dimension % subspaceCount ? 1 : 0;
      assertEquals(dimension / subspaceCount + longer, quantizer.subspaceLength(s));
      next += quantizer.subspaceLength(s);
    }
    assertEquals(dimension, next);
    assertThrows(IndexOutOfBoundsException.class, () -> quantizer.subspaceOffset(subspaceCount));
    assertThrows(IndexOutOfBoundsException.class, () -> quantizer.subspaceLength(-1));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "100, 33", "128, 8", "128, 48", "300, 2"})
  void codesNameTheNearestCentroids(int dimension, int subspaceCount) {
    SplittableRandom random = Seeds.random("codesNameTheNearestCentroids", 41);
    for (ElementType type : ElementType.values()) {
      try (Arena arena = Arena.ofConfined()) {
        int count = 500;
        VectorSource source = Vectors.clustered(random, count, dimension, type, arena);
        boolean normalize = random.nextBoolean();
        PqOptions options = PqOptions.of(subspaceCount).withIterations(2).withNormalize(normalize);
        ProductQuantizer quantizer = ProductQuantizer.train(source, options, Progress.NONE);
        MemorySegment codes = arena.allocate((long) count * subspaceCount);
        quantizer.encodeAll(source, codes, 2, Progress.NONE);
        for (int i = 0; i < 20; i++) {
          int row = random.nextInt(count);
          double[] vector = Vectors.row(source, row, normalize);
          double[] decoded = Vectors.decoded(quantizer, codes, row);
          for (int s = 0; s < subspaceCount; s++) {
            double found = subspaceDistance(quantizer, vector, decoded, s);
            double smallest = smallestDistance(quantizer, vector, s);
            double scale = Vectors.dot(vector, vector);
            assertEquals(smallest, found, 1e-5 * scale + 1e-9, "row=" + row + ", s=" + s);
          }
        }
      }
    }
  }

  private static double subspaceDistance(
      ProductQuantizer quantizer, double[] vector, double[] decoded, int s) {
    int from = quantizer.subspaceOffset(s);
    int to = from + quantizer.subspaceLength(s);
    return Vectors.squaredDistance(
        Arrays.copyOfRange(vector, from, to), Arrays.copyOfRange(decoded, from, to));
  }

  private static double smallestDistance(ProductQuantizer quantizer, double[] vector, int s) {
    double smallest = Double.POSITIVE_INFINITY;
    int from = quantizer.subspaceOffset(s);
    for (int centroid = 0; centroid < ProductQuantizer.CENTROID_COUNT; centroid++) {
      double sum = 0;
      for (int column = from; column < from + quantizer.subspaceLength(s); column++) {
        double element = quantizer.codebook().get(FLOAT, 4 * (256L * column + centroid));
        sum += (vector[column] - element) * (vector[column] - element);
      }
      smallest = Math.min(smallest, sum);
    }
    return smallest;
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void theThreadCountChangesNothing(ElementType type) {
    SplittableRandom random = Seeds.random("theThreadCountChangesNothing", 42);
    try (Arena arena = Arena.ofConfined()) {
      int count = 5000;
      VectorSource source = Vectors.clustered(random, count, 21, type, arena);
      PqOptions options =
          PqOptions.of(6).withSampleCount(2000).withIterations(4).withSeed(99).withThreads(1);
      ProductQuantizer one = ProductQuantizer.train(source, options, Progress.NONE);
      ProductQuantizer many = ProductQuantizer.train(source, options.withThreads(5), Progress.NONE);
      assertEquals(-1, one.codebook().mismatch(many.codebook()));
      MemorySegment codes = arena.allocate(6L * count);
      MemorySegment sameCodes = arena.allocate(6L * count);
      one.encodeAll(source, codes, 1, Progress.NONE);
      many.encodeAll(source, sameCodes, 3, Progress.NONE);
      assertEquals(-1, codes.mismatch(sameCodes));
      ProductQuantizer other = ProductQuantizer.train(source, options.withSeed(100), Progress.NONE);
      assertTrue(one.codebook().mismatch(other.codebook()) >= 0);
    }
  }

  @Test
  void encodingAPartEqualsThatPartOfAll() {
    SplittableRandom random = Seeds.random("encodingAPartEqualsThatPartOfAll", 43);
    try (Arena arena = Arena.ofConfined()) {
      int count = 700;
      VectorSource source = Vectors.clustered(random, count, 10, ElementType.UINT8, arena);
      ProductQuantizer quantizer =
          ProductQuantizer.train(source, PqOptions.of(3).withIterations(1), Progress.NONE);
      MemorySegment all = arena.allocate(3L * count);
      quantizer.encodeAll(source, all, 2, Progress.NONE);
      for (int i = 0; i < 20; i++) {
        int from = random.nextInt(count);
        int rows = random.nextInt(count - from + 1);
        MemorySegment part = arena.allocate(3L * rows + 9);
        part.fill((byte) 7);
        quantizer.encode(source, from, rows, part, 5);
        assertEquals(-1, part.asSlice(5, 3L * rows).mismatch(all.asSlice(3L * from, 3L * rows)));
        assertEquals(7, part.get(BYTE, 4));
        assertEquals(7, part.get(BYTE, 5 + 3L * rows));
      }
    }
  }

  @Test
  void iterationsNeverIncreaseTheResidualAndBeatRandomCentroids() {
    SplittableRandom random =
        Seeds.random("iterationsNeverIncreaseTheResidualAndBeatRandomCentroids", 44);
    try (Arena arena = Arena.ofConfined()) {
      int count = 3000;
      VectorSource source = Vectors.clustered(random, count, 12, ElementType.FLOAT32, arena);
      MemorySegment randomCodebook = arena.allocate(ProductQuantizer.codebookBytes(12));
      for (int centroid = 0; centroid < 256; centroid++) {
        long row = random.nextInt(count);
        for (int column = 0; column < 12; column++) {
          float element = source.element(row, column);
          randomCodebook.set(FLOAT, 4 * (256L * column + centroid), element);
        }
      }
      double randomResidual =
          residual(ProductQuantizer.of(12, 3, false, randomCodebook), source, arena);
      double last = randomResidual;
      for (int iterations : new int[] {1, 2, 5, 20}) {
        PqOptions options = PqOptions.of(3).withIterations(iterations);
        double residual =
            residual(ProductQuantizer.train(source, options, Progress.NONE), source, arena);
        assertTrue(residual <= last * 1.000001, "iterations=" + iterations);
        last = residual;
      }
      assertTrue(last < 0.9 * randomResidual, last + " of " + randomResidual);
    }
  }

  private static double residual(ProductQuantizer quantizer, VectorSource source, Arena arena) {
    MemorySegment codes = arena.allocate(source.count() * quantizer.subspaceCount());
    quantizer.encodeAll(source, codes, 2, Progress.NONE);
    double sum = 0;
    for (long row = 0; row < source.count(); row++) {
      sum +=
          Vectors.squaredDistance(
              Vectors.row(source, row, false), Vectors.decoded(quantizer, codes, row));
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void fewDistinctVectorsAreQuantizedWithoutLoss(ElementType type) {
    SplittableRandom random = Seeds.random("fewDistinctVectorsAreQuantizedWithoutLoss", 45);
    try (Arena arena = Arena.ofConfined()) {
      for (int distinct : new int[] {1, 2, 255, 256}) {
        int count = distinct == 1 ? 1 : distinct + 60;
        VectorSource source = Vectors.clustered(random, count, 9, type, arena);
        for (int row = distinct; row < count; row++) {
          MemorySegment.copy(
              source.segment(),
              source.offset(row % distinct),
              source.segment(),
              source.offset(row),
              source.vectorBytes());
        }
        requireNoLoss(source, 2, arena);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void equalVectorsAreQuantizedWithoutLoss(ElementType type) {
    try (Arena arena = Arena.ofConfined()) {
      requireNoLoss(Vectors.constant(17, 600, 5, type, arena), 5, arena);
      requireNoLoss(Vectors.constant(-128, 1, 1, type, arena), 1, arena);
      requireNoLoss(Vectors.constant(3, 3, 8192, type, arena), 1, arena);
      requireNoLoss(Vectors.constant(3, 2, 8192, type, arena), 100, arena);
    }
  }

  private static void requireNoLoss(VectorSource source, int subspaceCount, Arena arena) {
    PqOptions options = PqOptions.of(subspaceCount).withIterations(8);
    ProductQuantizer quantizer = ProductQuantizer.train(source, options, Progress.NONE);
    MemorySegment codes = arena.allocate(source.count() * subspaceCount);
    quantizer.encodeAll(source, codes, 1, Progress.NONE);
    for (long row = 0; row < source.count(); row++) {
      assertArrayEquals(
          Vectors.row(source, row, false), Vectors.decoded(quantizer, codes, row), 1e-4);
    }
    long[] rows = LongStream.range(0, source.count()).toArray();
    CodeError error = quantizer.estimateError(source, rows, source, rows, codes);
    assertEquals(0, error.meanSquaredResidual(), 1e-6);
    assertEquals(0, error.relativeError(), 1e-4);
  }

  @Test
  void normalizedCodesIgnoreTheLengthOfVectors() {
    SplittableRandom random = Seeds.random("normalizedCodesIgnoreTheLengthOfVectors", 46);
    try (Arena arena = Arena.ofConfined()) {
      int count = 600;
      VectorSource source = Vectors.clustered(random, count, 16, ElementType.FLOAT32, arena);
      VectorSource longer = TestRows.unaligned(count, 16, ElementType.FLOAT32, arena);
      for (int row = 0; row < count; row++) {
        for (int column = 0; column < 16; column++) {
          // Powers of two change no rounding.
          TestRows.set(longer, row, column, 4 * source.element(row, column));
        }
      }
      PqOptions options = PqOptions.of(4).withIterations(3).withNormalize(true);
      ProductQuantizer quantizer = ProductQuantizer.train(source, options, Progress.NONE);
      assertTrue(quantizer.normalize());
      assertEquals(
          -1,
          quantizer
              .codebook()
              .mismatch(ProductQuantizer.train(longer, options, Progress.NONE).codebook()));
      MemorySegment codes = arena.allocate(4L * count);
      quantizer.encodeAll(longer, codes, 2, Progress.NONE);
      for (int row = 0; row < count; row++) {
        double[] decoded = Vectors.decoded(quantizer, codes, row);
        assertEquals(1, Vectors.dot(decoded, decoded), 0.3);
      }
      TestRows.set(source, 0, 0, 0);
      VectorSource zeros = TestRows.unaligned(1, 16, ElementType.FLOAT32, arena);
      quantizer.encode(zeros, 0, 1, codes, 0);
    }
  }

  @Test
  void errorsOfCodesMatchTheirDefinition() {
    SplittableRandom random = Seeds.random("errorsOfCodesMatchTheirDefinition", 47);
    try (Arena arena = Arena.ofConfined()) {
      int count = 2000;
      VectorSource source = Vectors.clustered(random, count, 8, ElementType.INT8, arena);
      ProductQuantizer quantizer =
          ProductQuantizer.train(source, PqOptions.of(2).withIterations(3), Progress.NONE);
      MemorySegment codes = arena.allocate(2L * count);
      quantizer.encodeAll(source, codes, 2, Progress.NONE);
      long[] queryRows = random.longs(500, 0, count).toArray();
      long[] rows = random.longs(500, 0, count).toArray();
      double residuals = 0;
      for (long row : rows) {
        double[] vector = Vectors.row(source, row, false);
        residuals +=
            Vectors.squaredDistance(vector, Vectors.decoded(quantizer, codes, row)) / rows.length;
      }
      double[] errors = new double[rows.length];
      double[] variances = new double[rows.length];
      double weights = 0;
      double offset = 0;
      int pairs = 0;
      for (int i = 0; i < rows.length; i++) {
        double[] query = Vectors.row(source, queryRows[i], false);
        double truth = Vectors.squaredDistance(query, Vectors.row(source, rows[i], false));
        if (truth > 0) {
          double[] decoded = Vectors.decoded(quantizer, codes, rows[i]);
          errors[pairs] = Vectors.squaredDistance(query, decoded) - truth;
          variances[pairs] = truth + residuals / 2;
          weights += 1 / variances[pairs];
          offset += errors[pairs] / variances[pairs];
          pairs++;
        }
      }
      offset /= weights;
      double squares = 0;
      for (int i = 0; i < pairs; i++) {
        squares += (errors[i] - offset) * (errors[i] - offset) / variances[i];
      }
      CodeError error = quantizer.estimateError(source, queryRows, source, rows, codes);
      assertEquals(residuals, error.meanSquaredResidual(), 1e-6 * residuals);
      assertEquals(offset, error.offset(), 1e-3);
      assertEquals(Math.sqrt(squares / pairs), error.relativeError(), 1e-3);
      // Between far vectors the estimate is too small, by the residual at most.
      long[] manyQueryRows = random.longs(20_000, 0, count).toArray();
      long[] manyRows = random.longs(20_000, 0, count).toArray();
      CodeError overall = quantizer.estimateError(source, manyQueryRows, source, manyRows, codes);
      assertTrue(overall.offset() < 0, "offset=" + overall.offset());
      assertTrue(overall.offset() > -1.25 * residuals, "offset=" + overall.offset());
    }
  }

  @Test
  void fewFarPairsDoNotDecideTheErrorOfTheNearOnes() {
    SplittableRandom random = Seeds.random("fewFarPairsDoNotDecideTheErrorOfTheNearOnes", 49);
    try (Arena arena = Arena.ofConfined()) {
      int count = 2000;
      VectorSource source = Vectors.clustered(random, count, 8, ElementType.FLOAT32, arena);
      VectorSource queries = TestRows.unaligned(count, 8, ElementType.FLOAT32, arena);
      for (int row = 0; row < count; row++) {
        for (int column = 0; column < 8; column++) {
          TestRows.set(queries, row, column, source.element(row, column) + random.nextDouble(0.1));
        }
      }
      ProductQuantizer quantizer =
          ProductQuantizer.train(source, PqOptions.of(2).withIterations(3), Progress.NONE);
      MemorySegment codes = arena.allocate(2L * count);
      quantizer.encodeAll(source, codes, 2, Progress.NONE);
      long[] rows = LongStream.range(0, count).toArray();
      CodeError near = quantizer.estimateError(queries, rows, source, rows, codes);
      for (int row = 0; row < count; row += 100) {
        for (int column = 0; column < 8; column++) {
          TestRows.set(queries, row, column, 1e5);
        }
      }
      CodeError some = quantizer.estimateError(queries, rows, source, rows, codes);
      double scale = near.relativeError() * near.scale(0);
      assertEquals(near.offset(), some.offset(), 0.1 * scale);
      assertEquals(near.relativeError(), some.relativeError(), 0.2 * near.relativeError());
    }
  }

  @Test
  void nearCopiesDoNotMakeAllEstimatesDoubtful() {
    SplittableRandom random = Seeds.random("nearCopiesDoNotMakeAllEstimatesDoubtful", 50);
    try (Arena arena = Arena.ofConfined()) {
      int count = 2000;
      VectorSource source = Vectors.clustered(random, count, 8, ElementType.FLOAT32, arena);
      VectorSource copies = TestRows.unaligned(count, 8, ElementType.FLOAT32, arena);
      for (int row = 0; row < count; row++) {
        for (int column = 0; column < 8; column++) {
          TestRows.set(copies, row, column, source.element(row, column) * (1 + 1e-5));
        }
      }
      ProductQuantizer quantizer =
          ProductQuantizer.train(source, PqOptions.of(2).withIterations(3), Progress.NONE);
      MemorySegment codes = arena.allocate(2L * count);
      quantizer.encodeAll(source, codes, 2, Progress.NONE);
      long[] rows = LongStream.range(0, count).toArray();
      CodeError error = quantizer.estimateError(copies, rows, source, rows, codes);
      // What an estimate may be wrong by there is the spread of the residuals, not next to nothing.
      double deviation = error.relativeError() * error.scale(0);
      assertTrue(deviation > 0.1 * error.meanSquaredResidual(), "deviation=" + deviation);
      assertTrue(deviation < 10 * error.meanSquaredResidual(), "deviation=" + deviation);
    }
  }

  @Test
  void progressCountsAllUnits() {
    SplittableRandom random = Seeds.random("progressCountsAllUnits", 48);
    AtomicLong announced = new AtomicLong();
    AtomicLong advanced = new AtomicLong();
    Progress progress =
        new Progress() {
          @Override
          public void phase(String name, long totalUnits) {
            announced.addAndGet(totalUnits);
          }

          @Override
          public void advance(long units) {
            advanced.addAndGet(units);
          }
        };
    try (Arena arena = Arena.ofConfined()) {
      int count = 9000;
      VectorSource source = Vectors.clustered(random, count, 4, ElementType.UINT8, arena);
      PqOptions options = PqOptions.of(4).withSampleCount(500).withIterations(1);
      ProductQuantizer quantizer = ProductQuantizer.train(source, options, progress);
      quantizer.encodeAll(source, arena.allocate(4L * count), 2, progress);
      assertEquals(4 + count, announced.get());
      assertEquals(4 + count, advanced.get());
    }
  }

  @Test
  void trainingBytesGrowWithTheSample() {
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = TestRows.unaligned(5000, 32, ElementType.UINT8, arena);
      PqOptions options = PqOptions.of(8).withThreads(2);
      long small =
          ProductQuantizer.trainingBytes(VectorShape.of(source), options.withSampleCount(1000));
      long large =
          ProductQuantizer.trainingBytes(VectorShape.of(source), options.withSampleCount(10_000));
      assertTrue(small > ProductQuantizer.codebookBytes(32) + 1000 * 32);
      assertTrue(large > small + 4000 * 32);
      assertFalse(large > 20_000_000);
    }
  }
}
