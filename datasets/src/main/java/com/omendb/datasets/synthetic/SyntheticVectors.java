package com.omendb.datasets.synthetic;

import com.omendb.datasets.files.VectorFileWriter;
import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Makes seeded sets of clustered vectors of a chosen local intrinsic dimension, so that curves of
/// recall over cost look like those of real descriptors.
///
/// Every row has a random stream of its own: the same options give the same vectors whatever the
/// number of threads or the size of blocks. Queries come from the same distribution but are not
/// base vectors.
public final class SyntheticVectors {
  /// Rows that one thread makes at a time.
  private static final int TASK_ROWS = 4096;

  /// Bytes of vectors held in memory while a file is written.
  private static final long WRITE_BLOCK_BYTES = 8L << 20;

  /// Queries' streams begin where base rows' can never come.
  private static final long FIRST_QUERY_STREAM = 1L << 40;

  /// Where elements of mean 0 and deviation 1 go in a byte: hardly one in a thousand is cut off.
  private static final float BYTE_SCALE = 28;

  private static final int UINT8_CENTRE = 128;

  private final SyntheticOptions options;
  private final ClusterModel model;

  private SyntheticVectors(SyntheticOptions options) {
    this.options = options;
    this.model = new ClusterModel(options);
  }

  /// Makes the base vectors in memory of an arena.
  ///
  /// @param arena owns the vectors; must allow access from other threads
  /// @param options number, shape and distribution of the vectors
  /// @return the vectors, valid until the arena is closed
  /// @throws com.omendb.vectors.WorkInterruptedException if the calling thread is interrupted
  public static VectorSource generate(SyntheticOptions options, Arena arena) {
    return new SyntheticVectors(options).make(0, options.count(), arena, threads());
  }

  /// Makes queries for the base of the same options in memory of an arena.
  ///
  /// @param queryCount number of queries
  /// @param arena owns the vectors; must allow access from other threads
  /// @param options number, shape and distribution of the vectors
  /// @return the vectors, valid until the arena is closed
  /// @throws IllegalArgumentException if the number of queries is not positive
  /// @throws com.omendb.vectors.WorkInterruptedException if the calling thread is interrupted
  public static VectorSource generateQueries(
      SyntheticOptions options, long queryCount, Arena arena) {
    requireQueryCount(queryCount);
    return new SyntheticVectors(options).make(FIRST_QUERY_STREAM, queryCount, arena, threads());
  }

  /// Writes the base and queries to files whose extensions fit the element type, a block at a time.
  ///
  /// @param queryCount number of queries
  /// @param progress receives the number of rows written
  /// @param options number, shape and distribution of the vectors
  /// @param base file for the base vectors
  /// @param queries file for the queries
  /// @throws IOException if a file cannot be written; none is left half written
  /// @throws IllegalArgumentException if the number of queries is not positive, or the extension of
  ///   a file does not fit the element type
  /// @throws com.omendb.vectors.WorkInterruptedException if the calling thread is interrupted
  public static void write(
      SyntheticOptions options, Path base, Path queries, long queryCount, Progress progress)
      throws IOException {
    requireQueryCount(queryCount);
    SyntheticVectors vectors = new SyntheticVectors(options);
    progress.phase("write synthetic vectors", options.count() + queryCount);
    vectors.write(base, 0, options.count(), progress);
    vectors.write(queries, FIRST_QUERY_STREAM, queryCount, progress);
  }

  static VectorSource generate(SyntheticOptions options, Arena arena, int threads) {
    return new SyntheticVectors(options).make(0, options.count(), arena, threads);
  }

  private static void requireQueryCount(long queryCount) {
    if (queryCount < 1 || queryCount > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "queryCount out of range 1.." + Integer.MAX_VALUE + ": queryCount=" + queryCount);
    }
  }

  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  private VectorSource make(long firstStream, long count, Arena arena, int threads) {
    long bytes = Math.multiplyExact(count, rowBytes());
    MemorySegment segment = arena.allocate(bytes, Long.BYTES);
    fill(segment, firstStream, count, threads);
    return VectorSource.dense(segment, count, options.dimension(), options.elementType());
  }

  private void write(Path path, long firstStream, long count, Progress progress)
      throws IOException {
    long blockRows = Math.clamp(WRITE_BLOCK_BYTES / rowBytes(), 1, count);
    try (Arena arena = Arena.ofShared();
        VectorFileWriter writer =
            new VectorFileWriter(path, options.dimension(), options.elementType())) {
      try {
        MemorySegment block = arena.allocate(blockRows * rowBytes(), Long.BYTES);
        for (long row = 0; row < count; row += blockRows) {
          long rows = Math.min(blockRows, count - row);
          fill(block, firstStream + row, rows, threads());
          writer.append(
              VectorSource.dense(block, rows, options.dimension(), options.elementType()));
          progress.advance(rows);
        }
      } catch (Throwable e) {
        writer.discard();
        throw e;
      }
    }
  }

  private void fill(MemorySegment target, long firstStream, long count, int threads) {
    long tasks = (count + TASK_ROWS - 1) / TASK_ROWS;
    Workers.run(
        tasks,
        threads,
        () -> {
          RowRandom random = new RowRandom(0, 0);
          float[] vector = new float[options.dimension()];
          return task -> {
            long end = Math.min(count, (task + 1) * TASK_ROWS);
            for (long row = task * TASK_ROWS; row < end; row++) {
              random.reset(options.seed(), firstStream + row);
              model.fill(random, vector);
              store(vector, target, row * rowBytes());
            }
          };
        });
  }

  private void store(float[] vector, MemorySegment target, long offset) {
    switch (options.elementType()) {
      case FLOAT32 ->
          MemorySegment.copy(vector, 0, target, NativeMemory.FLOAT, offset, vector.length);
      case UINT8 -> storeBytes(vector, target, offset, UINT8_CENTRE, 0, 255);
      case INT8 -> storeBytes(vector, target, offset, 0, -128, 127);
    }
  }

  private static void storeBytes(
      float[] vector, MemorySegment target, long offset, int centre, int min, int max) {
    for (int i = 0; i < vector.length; i++) {
      int value = Math.round(vector[i] * BYTE_SCALE) + centre;
      target.set(NativeMemory.BYTE, offset + i, (byte) Math.clamp(value, min, max));
    }
  }

  private int rowBytes() {
    return options.elementType().vectorBytes(options.dimension());
  }
}
