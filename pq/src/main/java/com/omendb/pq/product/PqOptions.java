package com.omendb.pq.product;

import com.omendb.vectors.VectorSource;

/// How a product quantizer is trained. Immutable.
///
/// @param subspaceCount m, bytes of one code, 1 to the dimension of the vectors
/// @param sampleCount vectors to train on; all of them if the source holds fewer
/// @param iterations most Lloyd iterations a subspace; one that has converged stops earlier
/// @param seed decides the sample and the first centroids; the same seed and vectors give the same
///   codebook, whatever the thread count or the kind of kernels
/// @param threads threads to train with
/// @param normalize whether to train on and encode unit-length copies, as the cosine metric needs
public record PqOptions(
    int subspaceCount, int sampleCount, int iterations, long seed, int threads, boolean normalize) {

  /// About 200 vectors a centroid; twice as many lower the residual by about 1%.
  public static final int DEFAULT_SAMPLE_COUNT = 50_000;

  /// Twice as many lower the residual by less than 1%.
  public static final int DEFAULT_ITERATIONS = 12;

  private static final int MAX_ITERATIONS = 10_000;

  /// Checks the range of every part.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public PqOptions {
    requireInRange("subspaceCount", subspaceCount, VectorSource.MAX_DIMENSION);
    requireInRange("sampleCount", sampleCount, Integer.MAX_VALUE);
    requireInRange("iterations", iterations, MAX_ITERATIONS);
    requireInRange("threads", threads, Integer.MAX_VALUE);
  }

  /// The defaults for codes of `subspaceCount` bytes, on all processors.
  public static PqOptions of(int subspaceCount) {
    return new PqOptions(
        subspaceCount,
        DEFAULT_SAMPLE_COUNT,
        DEFAULT_ITERATIONS,
        1,
        Runtime.getRuntime().availableProcessors(),
        false);
  }

  /// A copy with another sample size.
  public PqOptions withSampleCount(int newSampleCount) {
    return new PqOptions(subspaceCount, newSampleCount, iterations, seed, threads, normalize);
  }

  /// A copy with another limit of iterations.
  public PqOptions withIterations(int newIterations) {
    return new PqOptions(subspaceCount, sampleCount, newIterations, seed, threads, normalize);
  }

  /// A copy with another seed.
  public PqOptions withSeed(long newSeed) {
    return new PqOptions(subspaceCount, sampleCount, iterations, newSeed, threads, normalize);
  }

  /// A copy with another thread count.
  public PqOptions withThreads(int newThreads) {
    return new PqOptions(subspaceCount, sampleCount, iterations, seed, newThreads, normalize);
  }

  /// A copy that does, or does not, quantize unit-length copies.
  public PqOptions withNormalize(boolean newNormalize) {
    return new PqOptions(subspaceCount, sampleCount, iterations, seed, threads, newNormalize);
  }

  private static void requireInRange(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          name + " out of range 1.." + max + ": " + name + "=" + value);
    }
  }
}
