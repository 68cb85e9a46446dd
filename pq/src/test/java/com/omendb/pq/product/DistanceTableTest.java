package com.omendb.pq.product;

import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.omendb.pq.simd.CodeKernels;
import com.omendb.pq.simd.RunnableKernels;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.Seeds;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants: an estimate is the exact distance from the query to the decoded code, up to float
/// rounding, for each metric and element type, on every kernel however far most vectors are;
/// batched and single estimates agree; a table is no larger than it says.
class DistanceTableTest {
  private static final int COUNT = 300;

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "7, 3",
    "7, 7",
    "31, 5",
    "100, 33",
    "128, 8",
    "128, 16",
    "128, 32",
    "128, 48",
    "960, 48",
    "960, 120"
  })
  void estimatesAreExactDistancesToDecodedCodes(int dimension, int subspaceCount) {
    SplittableRandom random = Seeds.random("estimatesAreExactDistancesToDecodedCodes", 11);
    for (ElementType type : ElementType.values()) {
      try (Arena arena = Arena.ofConfined()) {
        VectorSource source = Vectors.clustered(random, COUNT, dimension, type, arena);
        for (boolean normalize : new boolean[] {false, true}) {
          PqOptions options =
              PqOptions.of(subspaceCount).withIterations(2).withNormalize(normalize);
          ProductQuantizer quantizer = ProductQuantizer.train(source, options, Progress.NONE);
          MemorySegment codes = arena.allocate((long) COUNT * subspaceCount);
          quantizer.encodeAll(source, codes, 2, Progress.NONE);
          for (Metric metric : Metric.values()) {
            if (normalize == (metric == Metric.COSINE)) {
              requireExactEstimates(random, quantizer, source, codes, metric);
            }
          }
        }
      }
    }
  }

  private static void requireExactEstimates(
      SplittableRandom random,
      ProductQuantizer quantizer,
      VectorSource source,
      MemorySegment codes,
      Metric metric) {
    int count = random.nextInt(1, 200);
    int[] nodes = random.ints(count, 0, COUNT).toArray();
    float[] distances = new float[count + 1];
    distances[count] = -7;
    try (Arena arena = Arena.ofConfined()) {
      DistanceTable table = new DistanceTable(quantizer, arena);
      table.prepare(source, 0, metric);
      int queryRow = random.nextInt(COUNT);
      table.prepare(source, queryRow, metric);
      table.distances(codes.address(), nodes, count, distances);
      double[] query = Vectors.row(source, queryRow, quantizer.normalize());
      double rounding =
          subspaceRange(quantizer, query, metric) * quantizer.subspaceCount() / 131_068;
      for (int i = 0; i < count; i++) {
        double[] decoded = Vectors.decoded(quantizer, codes, nodes[i]);
        double scale = Vectors.dot(query, query) + Vectors.dot(decoded, decoded);
        double expected =
            switch (metric) {
              case SQUARED_L2 -> Vectors.squaredDistance(query, decoded);
              case INNER_PRODUCT -> -Vectors.dot(query, decoded);
              case COSINE -> Vectors.squaredDistance(query, decoded) / 2;
            };
        assertEquals(expected, distances[i], rounding + 1e-5 * scale, metric.label());
        float single = table.distance(codes, (long) nodes[i] * quantizer.subspaceCount());
        assertEquals(single, distances[i], metric.label());
      }
      assertEquals(-7, distances[count]);
    }
  }

  /// The widest range, over the subspaces, of a query's distances to the 256 centroids.
  private static double subspaceRange(ProductQuantizer quantizer, double[] query, Metric metric) {
    double widest = 0;
    for (int s = 0; s < quantizer.subspaceCount(); s++) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int centroid = 0; centroid < 256; centroid++) {
        double sum = 0;
        int from = quantizer.subspaceOffset(s);
        for (int column = from; column < from + quantizer.subspaceLength(s); column++) {
          double element = quantizer.codebook().get(FLOAT, 4 * (256L * column + centroid));
          sum +=
              switch (metric) {
                case SQUARED_L2 -> (query[column] - element) * (query[column] - element);
                case INNER_PRODUCT -> -query[column] * element;
                case COSINE -> (query[column] - element) * (query[column] - element) / 2;
              };
        }
        min = Math.min(min, sum);
        max = Math.max(max, sum);
      }
      widest = Math.max(widest, max - min);
    }
    return widest;
  }

  @ParameterizedTest
  @EnumSource(names = {"SQUARED_L2", "COSINE"})
  void membersOfAClusterAreToldApartHoweverFarTheOthersAre(Metric metric) {
    SplittableRandom random =
        Seeds.random("membersOfAClusterAreToldApartHoweverFarTheOthersAre", 14);
    int dimension = 8;
    int members = 30;
    boolean normalize = metric == Metric.COSINE;
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = TestRows.unaligned(8 * members, dimension, ElementType.FLOAT32, arena);
      for (int row = 0; row < source.count(); row++) {
        for (int column = 0; column < dimension; column++) {
          double centre = column == row / members ? 1 : 0;
          TestRows.set(source, row, column, centre + 1e-4 * random.nextGaussian());
        }
      }
      ProductQuantizer quantizer =
          ProductQuantizer.train(source, PqOptions.of(4).withNormalize(normalize), Progress.NONE);
      MemorySegment codes = arena.allocate(4 * source.count());
      quantizer.encodeAll(source, codes, 1, Progress.NONE);
      VectorSource query = TestRows.unaligned(1, dimension, ElementType.FLOAT32, arena);
      for (int column = 0; column < dimension; column++) {
        double element = source.element(0, column) + 5e-5 * random.nextGaussian();
        TestRows.set(query, 0, column, element);
      }
      for (CodeKernels kernels : RunnableKernels.codes()) {
        DistanceTable table = new DistanceTable(quantizer, arena, kernels);
        table.prepare(query, 0, metric);
        requireRelativePrecision(
            table, quantizer, Vectors.row(query, 0, normalize), codes, members);
      }
    }
  }

  private static void requireRelativePrecision(
      DistanceTable table,
      ProductQuantizer quantizer,
      double[] query,
      MemorySegment codes,
      int members) {
    int[] nodes = IntStream.range(0, members).toArray();
    float[] distances = new float[members];
    table.distances(codes.address(), nodes, members, distances);
    for (int node : nodes) {
      double expected = Vectors.squaredDistance(query, Vectors.decoded(quantizer, codes, node));
      expected /= quantizer.normalize() ? 2 : 1;
      assertEquals(expected, distances[node], 0.02 * expected);
      assertEquals(table.distance(codes, 4L * node), distances[node]);
    }
  }

  @Test
  void refusesWhatDoesNotFitTheQuantizer() {
    SplittableRandom random = Seeds.random("refusesWhatDoesNotFitTheQuantizer", 12);
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = Vectors.clustered(random, 300, 8, ElementType.INT8, arena);
      VectorSource other = Vectors.clustered(random, 1, 9, ElementType.INT8, arena);
      PqOptions options = PqOptions.of(4).withIterations(1);
      ProductQuantizer plain = ProductQuantizer.train(source, options, Progress.NONE);
      ProductQuantizer unit =
          ProductQuantizer.train(source, options.withNormalize(true), Progress.NONE);
      DistanceTable table = new DistanceTable(plain, arena);
      DistanceTable unitTable = new DistanceTable(unit, arena);
      assertThrows(
          IllegalArgumentException.class, () -> table.prepare(other, 0, Metric.SQUARED_L2));
      assertThrows(
          IndexOutOfBoundsException.class, () -> table.prepare(source, 300, Metric.SQUARED_L2));
      assertThrows(IllegalArgumentException.class, () -> table.prepare(source, 0, Metric.COSINE));
      assertThrows(
          IllegalArgumentException.class, () -> unitTable.prepare(source, 0, Metric.SQUARED_L2));
      assertThrows(
          IllegalArgumentException.class, () -> unitTable.prepare(source, 0, Metric.INNER_PRODUCT));
      MemorySegment codes = arena.allocate(8);
      assertThrows(IllegalStateException.class, () -> table.distance(codes, 0));
      assertThrows(
          IllegalStateException.class,
          () -> table.distances(codes.address(), new int[1], 1, new float[1]));
      table.prepare(source, 0, Metric.SQUARED_L2);
      assertThrows(IndexOutOfBoundsException.class, () -> table.distance(codes, 5));
      assertThrows(IndexOutOfBoundsException.class, () -> table.distance(codes, -1));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> table.distances(codes.address(), new int[1], 2, new float[2]));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> table.distances(codes.address(), new int[2], 2, new float[1]));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 1", "7, 4", "7, 7", "130, 65", "1100, 1030"})
  void takesTheBytesItSays(int dimension, int subspaceCount) {
    SplittableRandom random = Seeds.random("takesTheBytesItSays", 13);
    try (Arena arena = Arena.ofConfined()) {
      VectorSource source = Vectors.clustered(random, 70, dimension, ElementType.UINT8, arena);
      PqOptions options = PqOptions.of(subspaceCount).withIterations(1);
      ProductQuantizer quantizer = ProductQuantizer.train(source, options, Progress.NONE);
      MemorySegment codes = arena.allocate(70L * subspaceCount);
      quantizer.encodeAll(source, codes, 1, Progress.NONE);
      GuardedArena guarded = new GuardedArena(arena);
      DistanceTable table = new DistanceTable(quantizer, guarded);
      assertEquals(DistanceTable.bytes(subspaceCount, dimension), guarded.bytes);
      table.prepare(source, 3, Metric.INNER_PRODUCT);
      int[] nodes = random.ints(200, 0, 70).toArray();
      table.distances(codes.address(), nodes, 200, new float[200]);
      guarded.requireNoOverrun();
    }
  }

  /// Adds up what is asked of an arena, and puts guard bytes around it.
  private static final class GuardedArena implements Arena {
    private static final int GUARD_BYTES = 4096;
    private static final byte GUARD = 0x5a;

    private final Arena arena;
    private final List<MemorySegment> guards = new ArrayList<>();
    private long bytes;

    GuardedArena(Arena arena) {
      this.arena = arena;
    }

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
      bytes += byteSize;
      MemorySegment whole = arena.allocate(byteSize + 2 * GUARD_BYTES, GUARD_BYTES);
      guards.add(whole.asSlice(0, GUARD_BYTES).fill(GUARD));
      guards.add(whole.asSlice(GUARD_BYTES + byteSize).fill(GUARD));
      return whole.asSlice(GUARD_BYTES, byteSize);
    }

    void requireNoOverrun() {
      for (MemorySegment guard : guards) {
        for (long i = 0; i < GUARD_BYTES; i++) {
          assertEquals(GUARD, guard.get(BYTE, i));
        }
      }
    }

    @Override
    public MemorySegment.Scope scope() {
      return arena.scope();
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
