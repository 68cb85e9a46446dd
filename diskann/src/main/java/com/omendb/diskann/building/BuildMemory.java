package com.omendb.diskann.building;

import com.omendb.pagecache.memory.ResidentLimit;
import com.omendb.pagecache.memory.ScratchArena;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Where the memory of a build comes from: plain native memory when all fits the budget, scratch
/// files beside the index when it does not. Either way what is resident is watched, and files, the
/// input's among them, are let go of before the budget is passed.
public final class BuildMemory implements AutoCloseable {
  private static final long LEAST_MARGIN_BYTES = 24L << 20;
  private static final long MOST_MARGIN_BYTES = 256L << 20;

  private final ResidentLimit limit;
  private final @Nullable MemorySegment input;
  private final @Nullable Path scratchDirectory;

  /// Begins to watch the memory of a build.
  ///
  /// @param input the vectors, which are let go of too if they are mapped; null for none
  /// @param scratchDirectory for scratch files, or null for native memory
  public BuildMemory(
      @Nullable VectorSource input, long budgetBytes, @Nullable Path scratchDirectory) {
    this.limit = new ResidentLimit(budgetBytes - marginBytes(budgetBytes));
    this.input = input != null && input.segment().isMapped() ? input.segment() : null;
    this.scratchDirectory = scratchDirectory;
    if (this.input != null) {
      limit.add(this.input);
    }
  }

  /// What is kept free of a budget, for what is touched between two looks.
  public static long marginBytes(long budgetBytes) {
    return Math.clamp(budgetBytes / 6, LEAST_MARGIN_BYTES, MOST_MARGIN_BYTES);
  }

  /// An arena for data of the build, to be closed by the caller.
  public Arena newArena() {
    return scratchDirectory == null ? Arena.ofShared() : new ScratchArena(scratchDirectory, limit);
  }

  /// What is to be told before vectors are touched at random, or null where all fits.
  @Nullable IntConsumer beforeTouch() {
    return scratchDirectory == null ? null : limit::touching;
  }

  /// Lets go of the input and of all scratch files, until they are touched again.
  public void release() {
    limit.release();
  }

  /// How often files were let go of because the budget was near.
  public long releases() {
    return limit.releases();
  }

  @Override
  public void close() {
    if (input != null) {
      limit.remove(input);
    }
    limit.close();
  }
}
