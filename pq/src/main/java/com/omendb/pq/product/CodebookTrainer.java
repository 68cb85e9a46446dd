package com.omendb.pq.product;

import com.omendb.vectors.Progress;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Trains the codebooks of all subspaces, each by a task of its own with a seed of its own.
final class CodebookTrainer {
  private CodebookTrainer() {}

  /// A trained codebook in memory that the garbage collector frees.
  static MemorySegment train(VectorSource source, PqOptions options, Progress progress) {
    int dimension = source.dimension();
    int subspaceCount = options.subspaceCount();
    Subspaces subspaces = new Subspaces(dimension, subspaceCount);
    MemorySegment codebook = Arena.ofAuto().allocate(ProductQuantizer.codebookBytes(dimension), 64);
    SplittableRandom random = new SplittableRandom(options.seed());
    long sampleSeed = random.nextLong();
    long[] seeds = random.longs(subspaceCount).toArray();
    progress.phase("train codebook", subspaceCount);
    try (Arena arena = Arena.ofShared()) {
      TrainingSample sample =
          TrainingSample.draw(
              source, options.sampleCount(), sampleSeed, options.normalize(), arena);
      Workers.run(
          subspaceCount,
          options.threads(),
          () ->
              number -> {
                int s = (int) number;
                int from = subspaces.offset(s);
                long target = codebook.address() + subspaces.codebookOffset(s);
                try (SubspaceTrainer trainer =
                    new SubspaceTrainer(sample, from, subspaces.length(s), target, seeds[s])) {
                  trainer.train(options.iterations());
                }
                progress.advance(1);
              });
    }
    return codebook;
  }

  /// Native bytes that training takes at its peak, codebook included.
  static long bytes(VectorShape vectors, PqOptions options) {
    Subspaces subspaces = new Subspaces(vectors.dimension(), options.subspaceCount());
    long count = Math.min(options.sampleCount(), vectors.count());
    int workers = Math.min(options.threads(), options.subspaceCount());
    return ProductQuantizer.codebookBytes(vectors.dimension())
        + TrainingSample.bytes(vectors.vectorBytes(), count)
        + workers * SubspaceTrainer.bytes(count, subspaces.length(0));
  }
}
