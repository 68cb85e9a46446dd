package com.omendb.diskann.forecast;

import com.omendb.diskann.building.BuildPlan;
import com.omendb.diskann.parts.PartList;
import com.omendb.diskann.search.ServingPlan;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildForecast;
import com.omendb.store.BuildOptions;
import com.omendb.store.OpenOptions;
import com.omendb.store.ServingForecast;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.util.List;

/// What building and serving an index would take, from the plans that builds and openings really
/// make, over files as large as they are expected to be.
public final class Forecasts {
  private Forecasts() {}

  /// Forecasts a build.
  ///
  /// @param inputBytes bytes of the vectors in memory that is not mapped
  /// @param parts what the index would consist of
  public static BuildForecast ofBuild(
      VectorShape vectors, long inputBytes, BuildOptions options, PartList parts) {
    List<CodeSpec> codes = parts.codeSpecs();
    BuildPlan plan = BuildPlan.of(vectors, inputBytes, options, codes);
    BuildPlan thriftiest =
        BuildPlan.of(vectors, inputBytes, options.toBuilder().memoryBudgetBytes(1).build(), codes);
    return new BuildForecast(
        plan.phaseBytes(),
        plan.peakBytes(),
        plan.budgetBytes(),
        Math.min(plan.smallestBytes(), thriftiest.smallestBytes()),
        plan.inFiles(),
        plan.scratchFileBytes(vectors.count(), options),
        BuildPlan.checkpointBytes(vectors.count(), options),
        IndexSizes.of(vectors, options, parts).files(),
        BuildTime.of(vectors, options, codes.size(), plan.inFiles()));
  }

  /// Bytes that the scratch files, checkpoints and index of a build take on the volume of its
  /// directory.
  ///
  /// @param parts what the index would consist of
  public static long neededBytes(VectorSource vectors, BuildOptions options, PartList parts) {
    long inputBytes = vectors.segment().isMapped() ? 0 : vectors.count() * vectors.strideBytes();
    return ofBuild(VectorShape.of(vectors), inputBytes, options, parts).diskBytes();
  }

  /// Forecasts the serving of an index that would be built so.
  ///
  /// @param parts what the index would consist of
  /// @throws com.omendb.errors.MemoryBudgetException if the budget is too small
  public static ServingForecast ofServing(
      VectorShape vectors, BuildOptions build, OpenOptions open, PartList parts) {
    IndexSizes index = IndexSizes.of(vectors, build, parts);
    ServingPlan plan =
        ServingPlan.of(parts, index.manifest(), index.pageBytes(), index.pageCount(), open);
    return new ServingForecast(
        plan.residency(),
        plan.code().map(CodeSpec::text).orElse(""),
        plan.bytesByPurpose(),
        Measured.DEVICE_SHARE,
        SearchCosts.of(index, parts.coarse(), plan.residency(), plan.code()));
  }
}
