package com.omendb.diskann.forecast;

import com.omendb.diskann.building.BuildPlan;
import com.omendb.diskann.parts.CodeSizes;
import com.omendb.diskann.search.ServingPlan;
import com.omendb.errors.CorruptFileException;
import com.omendb.store.BuildForecast;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.ServingForecast;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// What building and serving an index would take, from the plans that builds and openings really
/// make, over files as large as they are expected to be.
public final class Forecasts {
  private Forecasts() {}

  /// Forecasts a build.
  ///
  /// @param inputBytes bytes of the vectors in memory that is not mapped
  /// @param entryFiles files that the kind of index adds, with their bytes
  public static BuildForecast ofBuild(
      VectorShape vectors, long inputBytes, BuildOptions options, Map<String, Long> entryFiles) {
    int[] sizes = CodeSizes.of(vectors.dimension(), options.subspaceCount());
    int largest = Arrays.stream(sizes).max().getAsInt();
    BuildPlan plan = BuildPlan.of(vectors, inputBytes, options, largest);
    BuildPlan thriftiest =
        BuildPlan.of(vectors, inputBytes, options.withMemoryBudgetBytes(1), largest);
    return new BuildForecast(
        plan.phaseBytes(),
        plan.peakBytes(),
        plan.budgetBytes(),
        Math.min(plan.smallestBytes(), thriftiest.smallestBytes()),
        plan.inFiles(),
        plan.scratchFileBytes(vectors.count(), options),
        BuildPlan.checkpointBytes(vectors.count(), options),
        IndexSizes.of(vectors, options, entryFiles).files(),
        BuildTime.of(vectors, options, sizes, plan.inFiles()));
  }

  /// Bytes that the scratch files, checkpoints and index of a build take on the volume of its
  /// directory.
  ///
  /// @param entryFiles files that the kind of index adds, with their bytes
  public static long neededBytes(
      VectorSource vectors, BuildOptions options, Map<String, Long> entryFiles) {
    long inputBytes = vectors.segment().isMapped() ? 0 : vectors.count() * vectors.strideBytes();
    return ofBuild(VectorShape.of(vectors), inputBytes, options, entryFiles).diskBytes();
  }

  /// Forecasts the serving of an index that would be built so.
  ///
  /// @param entryFiles files that the kind of index adds, with their bytes
  /// @throws com.omendb.errors.MemoryBudgetException if the budget is too small
  public static ServingForecast ofServing(
      VectorShape vectors, BuildOptions build, OpenOptions open, Map<String, Long> entryFiles) {
    IndexSizes index = IndexSizes.of(vectors, build, entryFiles);
    ServingPlan plan;
    try {
      plan =
          ServingPlan.of(
              index.manifest(), index.pageBytes(), index.pageCount(), open, Path.of("forecast"));
    } catch (CorruptFileException e) {
      throw new IllegalStateException("the manifest of a forecast is unusable", e);
    }
    return new ServingForecast(
        plan.residency(),
        plan.subspaceCount(),
        plan.bytesByPurpose(),
        Measured.DEVICE_SHARE,
        SearchCosts.of(index, plan.residency(), plan.subspaceCount()));
  }
}
