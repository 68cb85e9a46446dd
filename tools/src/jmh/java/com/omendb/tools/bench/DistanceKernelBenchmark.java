package com.omendb.tools.bench;

import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.kernels.DistanceKernels;
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

/// Time of one exact distance: a query against 64 random rows of an array that fits the caches, and
/// so the kernel alone. `scalar` is the twin that runs where the Vector API is missing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DistanceKernelBenchmark {
  private static final int ROW_COUNT = 512;
  private static final int BATCH = 64;
  private static final long SEED = 42;

  /// The metric.
  @Param({"SQUARED_L2", "INNER_PRODUCT", "COSINE"})
  public Metric metric;

  /// The element type.
  @Param({"FLOAT32", "UINT8", "INT8"})
  public ElementType elementType;

  /// Elements a vector.
  @Param({"128", "960"})
  public int dimension;

  /// Which implementation.
  @Param({"fastest", "scalar"})
  public String kernelName;

  private Arena arena;
  private DistanceKernel kernel;
  private VectorSource vectors;
  private long query;
  private final int[] rows = new int[BATCH];
  private final float[] distances = new float[BATCH];

  /// Fills the array with random elements.
  @Setup(Level.Trial)
  public void setUp() {
    arena = Arena.ofConfined();
    kernel =
        kernelName.equals("scalar")
            ? DistanceKernels.scalar(metric, elementType, dimension)
            : DistanceKernels.of(metric, elementType, dimension);
    long bytes = (long) ROW_COUNT * elementType.vectorBytes(dimension);
    MemorySegment segment = arena.allocate(bytes, 64);
    SplittableRandom random = new SplittableRandom(SEED);
    for (long element = 0; element < (long) ROW_COUNT * dimension; element++) {
      switch (elementType) {
        case FLOAT32 ->
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, element, random.nextFloat() - 0.5f);
        case UINT8, INT8 -> segment.set(ValueLayout.JAVA_BYTE, element, (byte) random.nextInt());
      }
    }
    vectors = VectorSource.dense(segment, ROW_COUNT, dimension, elementType);
    query = vectors.address(0);
    for (int i = 0; i < BATCH; i++) {
      rows[i] = random.nextInt(ROW_COUNT);
    }
  }

  /// Frees the array.
  @TearDown(Level.Trial)
  public void tearDown() {
    arena.close();
  }

  /// A batch of distances; the time is that of one.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] distances() {
    kernel.distances(query, vectors.address(0), vectors.strideBytes(), rows, BATCH, distances);
    return distances;
  }
}
