package com.omendb.store;

import com.omendb.store.metrics.Metrics;
import com.omendb.vectors.Metric;

/// How to build an index. Immutable; start from [#defaults()].
///
/// @param kind name of the [IndexKind]; `hybrid` is the default
/// @param metric the distance that searches will use
/// @param method how the graph is built
/// @param maxDegree R, the most edges a node of the base layer has, 4 to 250
/// @param buildListSize L of the search that finds a node's candidates while building by the method
///   `vamana`
/// @param alpha prune slack, at least 1
/// @param subspaceCount bytes a code (m); 0 picks a quarter of the dimension, between 1 and 64
/// @param memoryBudgetBytes bytes that the whole process may use while building, as the operating
///   system counts its peak, JVM included
/// @param threads worker threads
/// @param seed source of all randomness; one seed on one thread gives one graph
/// @param overwrite replace an index that already is in the directory
/// @param resume continue a build of the same vectors with the same options that was cut short in
///   the directory; without one the build begins anew, and says why
/// @param metrics where the build reports how far it is
public record BuildOptions(
    String kind,
    Metric metric,
    BuildMethod method,
    int maxDegree,
    int buildListSize,
    float alpha,
    int subspaceCount,
    long memoryBudgetBytes,
    int threads,
    long seed,
    boolean overwrite,
    boolean resume,
    Metrics metrics) {

  /// The largest maxDegree.
  public static final int MAX_DEGREE = 250;

  /// Checks the ranges that do not depend on the vectors.
  ///
  /// @throws IllegalArgumentException naming the part that is out of range
  public BuildOptions {
    requireRange("maxDegree", maxDegree, 4, MAX_DEGREE);
    requireRange("buildListSize", buildListSize, 4, SearchRequest.MAX_SEARCH_LIST_SIZE);
    requireRange("subspaceCount", subspaceCount, 0, 512);
    requireRange("threads", threads, 1, 1024);
    if (!(alpha >= 1f && alpha <= 4f)) {
      throw new IllegalArgumentException("alpha out of range 1..4: alpha=" + alpha);
    }
    if (memoryBudgetBytes < 1) {
      throw new IllegalArgumentException(
          "memoryBudgetBytes must be positive: memoryBudgetBytes=" + memoryBudgetBytes);
    }
  }

  /// A hybrid index under squared L2, built from leaves: R = 64, L = 100, alpha = 1.2, a budget of
  /// 4 GiB, a thread for each processor, nothing overwritten.
  public static BuildOptions defaults() {
    return new BuildOptions(
        "hybrid",
        Metric.SQUARED_L2,
        BuildMethod.LEAF,
        64,
        100,
        1.2f,
        0,
        4L << 30,
        Runtime.getRuntime().availableProcessors(),
        42,
        false,
        false,
        Metrics.NONE);
  }

  /// These options with another kind of index.
  public BuildOptions withKind(String newKind) {
    return new BuildOptions(
        newKind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another metric.
  public BuildOptions withMetric(Metric newMetric) {
    return new BuildOptions(
        kind,
        newMetric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another method of building.
  public BuildOptions withMethod(BuildMethod newMethod) {
    return new BuildOptions(
        kind,
        metric,
        newMethod,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another graph: degree cap R, build list size L and prune slack alpha.
  public BuildOptions withGraph(int newMaxDegree, int newBuildListSize, float newAlpha) {
    return new BuildOptions(
        kind,
        metric,
        method,
        newMaxDegree,
        newBuildListSize,
        newAlpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another number of bytes a code.
  public BuildOptions withSubspaceCount(int newSubspaceCount) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        newSubspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another memory budget in bytes.
  public BuildOptions withMemoryBudgetBytes(long bytes) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        bytes,
        threads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another number of worker threads.
  public BuildOptions withThreads(int newThreads) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        newThreads,
        seed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with another seed.
  public BuildOptions withSeed(long newSeed) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        newSeed,
        overwrite,
        resume,
        metrics);
  }

  /// These options with overwriting allowed or not.
  public BuildOptions withOverwrite(boolean newOverwrite) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        newOverwrite,
        resume,
        metrics);
  }

  /// These options with resuming asked for or not.
  public BuildOptions withResume(boolean newResume) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        newResume,
        metrics);
  }

  /// These options with another place to report to.
  public BuildOptions withMetrics(Metrics newMetrics) {
    return new BuildOptions(
        kind,
        metric,
        method,
        maxDegree,
        buildListSize,
        alpha,
        subspaceCount,
        memoryBudgetBytes,
        threads,
        seed,
        overwrite,
        resume,
        newMetrics);
  }

  private static void requireRange(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          name + " out of range " + low + ".." + high + ": " + name + "=" + value);
    }
  }
}
