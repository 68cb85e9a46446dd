package com.omendb.diskann.build;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.layout.GroupGraph;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.pagecache.MemoryBudgetException;
import com.omendb.pq.PqOptions;
import com.omendb.pq.ProductQuantizer;
import com.omendb.vectors.BuildOptions;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import java.util.Locale;

/// What a build will use at its peak, worked out before it begins.
///
/// The vectors are read through their mapping, so the operating system counts the whole file as
/// resident while the graph is built.
///
/// @param jvmBytes heap, code cache and threads of the process
/// @param vectorBytes the mapped vectors
/// @param graphBytes adjacency with the slack of its rows, and what the metric needs a node
/// @param codeBytes training of the codebook, codes and page directory
/// @param scratchBytes scratch of the workers
public record BuildPlan(
    long jvmBytes, long vectorBytes, long graphBytes, long codeBytes, long scratchBytes) {

  /// What the process takes beside the data; measured on builds of 5,000 to 1,000,000 vectors.
  static final long JVM_BYTES = 170L << 20;

  private static final long THREAD_BYTES = 2L << 20;

  /// Plans a build of `vectors`.
  ///
  /// @param subspaceCount bytes of the largest codes
  public static BuildPlan of(VectorSource vectors, BuildOptions options, int subspaceCount) {
    long count = vectors.count();
    return new BuildPlan(
        JVM_BYTES,
        count * vectors.strideBytes(),
        VamanaBuilder.bytes(count, graphOptions(options))
            + NodeSpace.bytes(count, options.metric())
            + BaseLayout.bytes(count)
            + Math.max(GroupGraph.bytes(vectors), ThinGraph.bytes(count)),
        ProductQuantizer.trainingBytes(vectors, pqOptions(options, subspaceCount))
            + 2 * count * subspaceCount
            + PageDirectory.bytes(count)
            + 2 * NodeOrder.bytes(count),
        THREAD_BYTES * options.threads());
  }

  static VamanaOptions graphOptions(BuildOptions options) {
    return new VamanaOptions(
        options.maxDegree(),
        options.buildListSize(),
        options.alpha(),
        options.threads(),
        options.seed());
  }

  static PqOptions pqOptions(BuildOptions options, int subspaceCount) {
    return PqOptions.of(subspaceCount)
        .withSeed(options.seed())
        .withThreads(options.threads())
        .withNormalize(options.metric() == Metric.COSINE);
  }

  /// The peak of the whole build. Codes are made after the graph has been written and let go.
  public long peakBytes() {
    return jvmBytes + vectorBytes + Math.max(graphBytes, codeBytes) + scratchBytes;
  }

  /// Refuses the build if it would not keep to the budget.
  ///
  /// @throws MemoryBudgetException with the smallest budget that works
  public void requireWithin(long budgetBytes) {
    if (peakBytes() > budgetBytes) {
      throw new MemoryBudgetException(
          "the memory budget is too small to build: " + this, peakBytes(), budgetBytes);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "peak %.0f MB = JVM %.0f + vectors %.0f + max(graph %.0f, codes %.0f) + scratch %.0f",
        peakBytes() / 1e6,
        jvmBytes / 1e6,
        vectorBytes / 1e6,
        graphBytes / 1e6,
        codeBytes / 1e6,
        scratchBytes / 1e6);
  }
}
