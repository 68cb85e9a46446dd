package com.omendb.diskann.building;

import com.omendb.diskann.vamana.Touches;
import com.omendb.pagecache.memory.ResidentLimit;
import com.omendb.pagecache.memory.ScratchArena;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the memory of a build comes from: plain native memory when all fits the budget, scratch
/// files beside the index when it does not. In both cases resident memory is watched. Before it
/// reaches the budget, mapped pages of scratch files and of the input are dropped from memory.
public final class BuildMemory implements AutoCloseable {
  private static final long MIN_MARGIN_BYTES = 24L << 20;
  private static final long MAX_MARGIN_BYTES = 256L << 20;

  private final ResidentLimit limit;
  private final @Nullable MemorySegment input;
  private final @Nullable Path scratchDirectory;

  /// Begins to watch the memory of a build.
  ///
  /// @param input the vectors, whose mapped pages are dropped too; null for none
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
    return Math.clamp(budgetBytes / 6, MIN_MARGIN_BYTES, MAX_MARGIN_BYTES);
  }

  /// An arena for data of the build, to be closed by the caller.
  public Arena newArena() {
    return scratchDirectory == null ? Arena.ofShared() : new ScratchArena(scratchDirectory, limit);
  }

  /// What threads call before they touch vectors at random; it does nothing if all data fits.
  Touches touches() {
    return scratchDirectory == null ? Touches.NONE : limit::touching;
  }

  /// Drops the mapped pages of the input and of all scratch files from memory, until they are
  /// touched again.
  public void release() {
    limit.release();
  }

  /// How often mapped pages were dropped because the budget was near.
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
