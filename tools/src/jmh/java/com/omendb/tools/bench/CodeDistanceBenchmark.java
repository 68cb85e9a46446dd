package com.omendb.tools.bench;

import com.omendb.datasets.synthetic.SyntheticOptions;
import com.omendb.datasets.synthetic.SyntheticVectors;
import com.omendb.pq.product.DistanceTable;
import com.omendb.pq.product.PqOptions;
import com.omendb.pq.product.ProductQuantizer;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Time of one approximate distance: 64 random nodes of a million codes, so that each code comes
/// from memory and not from a cache, as while searching.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodeDistanceBenchmark {
  private static final int CODE_COUNT = 1_000_000;
  private static final int DIMENSION = 128;
  private static final int TRAINING_COUNT = 5_000;
  private static final int BATCH = 64;
  private static final int BATCHES = 4096;
  private static final long SEED = 42;

  /// Bytes a code.
  @Param({"16", "32", "48"})
  public int subspaceCount;

  private Arena arena;
  private DistanceTable table;
  private MemorySegment codes;
  private final int[][] nodes = new int[BATCHES][BATCH];
  private final float[] distances = new float[BATCH];
  private int batch;

  /// Trains a codebook and makes random codes.
  @Setup(Level.Trial)
  public void setUp() {
    // Shared, because the vectors are made by several threads.
    arena = Arena.ofShared();
    SyntheticOptions options =
        new SyntheticOptions(TRAINING_COUNT, DIMENSION, ElementType.UINT8, SEED);
    VectorSource vectors = SyntheticVectors.generate(options, arena);
    PqOptions training = PqOptions.of(subspaceCount).withIterations(2).withSeed(SEED);
    ProductQuantizer quantizer = ProductQuantizer.train(vectors, training, Progress.NONE);
    table = new DistanceTable(quantizer, arena);
    table.prepare(vectors, 0, Metric.SQUARED_L2);
    codes = arena.allocate((long) CODE_COUNT * subspaceCount, 64);
    SplittableRandom random = new SplittableRandom(SEED);
    for (long at = 0; at < codes.byteSize(); at++) {
      codes.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
    }
    for (int[] some : nodes) {
      for (int i = 0; i < BATCH; i++) {
        some[i] = random.nextInt(CODE_COUNT);
      }
    }
  }

  /// Frees the codes.
  @TearDown(Level.Trial)
  public void tearDown() {
    arena.close();
  }

  /// A batch of distances; the time is that of one.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] distances() {
    batch = (batch + 1) & (BATCHES - 1);
    table.distances(codes.address(), nodes[batch], BATCH, distances);
    return distances;
  }
}
