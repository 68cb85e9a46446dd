package com.omendb.diskann.building;

import com.omendb.diskann.format.NodeOrder;
import com.omendb.diskann.format.PageDirectory;
import com.omendb.diskann.layout.BaseLayout;
import com.omendb.diskann.layout.ThinGraph;
import com.omendb.diskann.leaf.LeafMemory;
import com.omendb.diskann.parts.CoarseGraph;
import com.omendb.diskann.parts.CodesMaker;
import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaBuilder;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.errors.MemoryBudgetException;
import com.omendb.pq.CodeSpec;
import com.omendb.store.BuildOptions;
import com.omendb.vectors.VectorShape;
import com.omendb.vectors.VectorSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/// What a build will use at its peak, worked out before it begins, and whether it takes its large
/// data into memory or leaves it in scratch files of which only a part is resident.
///
/// @param budgetBytes what the process may use
/// @param jvmBytes heap, code cache and threads of the process
/// @param vectorBytes the vectors in their new order; the input's too if it is in memory
/// @param graphBytes adjacency, and what making and laying it out takes
/// @param codeBytes codes, the order of the nodes and the page directory
/// @param scratchBytes training of the codebook, scratch of the workers, bits a node: in memory
///   always
/// @param candidateUseBytes native memory that candidate edges take while the graph is made
/// @param candidateBytes what a build from leaves is given for candidate edges
/// @param copyBytes what it is given, on all threads, for copies of vectors that lie in scratch
///   files
public record BuildPlan(
    long budgetBytes,
    long jvmBytes,
    long vectorBytes,
    long graphBytes,
    long codeBytes,
    long scratchBytes,
    long candidateUseBytes,
    long candidateBytes,
    long copyBytes) {

  /// What the process takes beside the data; measured on builds of 5,000 to 1,000,000 vectors.
  static final long JVM_BYTES = 110L << 20;

  private static final long THREAD_BYTES = 4L << 20;

  // Of what is left so much is for copies of vectors on each thread, within these bounds.
  private static final long COPIES_SHARE = 16;
  private static final long MIN_COPIES = 2L << 20;
  private static final long MAX_COPIES = 64L << 20;

  // Of scratch files so much must be resident for the workers not to wait for each other's pages.
  private static final long MIN_RESIDENT_BYTES = 32L << 20;

  /// Plans a build of `vectors`.
  ///
  /// @param codes that the index keeps
  public static BuildPlan of(VectorSource vectors, BuildOptions options, List<CodeSpec> codes) {
    long inputBytes = vectors.segment().isMapped() ? 0 : vectors.count() * vectors.strideBytes();
    return of(VectorShape.of(vectors), inputBytes, options, codes);
  }

  /// Plans a build of vectors that need not exist.
  ///
  /// @param inputBytes bytes of them in memory that is not mapped
  /// @param codes that the index keeps
  public static BuildPlan of(
      VectorShape vectors, long inputBytes, BuildOptions options, List<CodeSpec> codes) {
    long count = vectors.count();
    CoarseGraph coarse = CoarseGraph.of(vectors, options);
    int codeBytes = (int) largest(codes, CodeSpec::bytes);
    VamanaOptions graph = graphOptions(options);
    long built =
        switch (options.tuning().method()) {
          case LEAF -> LeafMemory.dataBytes(vectors, options.metric(), graph);
          case VAMANA -> VamanaBuilder.bytes(count, graph);
        };
    int slots =
        switch (options.tuning().method()) {
          case LEAF -> graph.maxDegree();
          case VAMANA -> graph.slots();
        };
    long laidOut =
        Adjacency.bytes(count, slots)
            + BaseLayout.bytes(count)
            + Math.max(coarse.graphBytes(vectors, options), ThinGraph.bytes(count));
    BuildPlan plan =
        new BuildPlan(
            options.memoryBudgetBytes(),
            JVM_BYTES + inputBytes,
            count * vectors.vectorBytes() + LocalRows.bytes(count, options.metric()),
            Math.max(built, laidOut) + NodeSpace.bytes(count, options.metric()),
            2 * count * codeBytes
                + coarse.meansBytes(vectors, options, codeBytes)
                + PageDirectory.bytes(count)
                + 2 * NodeOrder.bytes(count),
            largest(codes, code -> code.trainingBytes(vectors, CodesMaker.training(options)))
                + count
                + THREAD_BYTES * options.threads(),
            0,
            0,
            0);
    return switch (options.tuning().method()) {
      case LEAF -> plan.withCandidates(count, graph);
      case VAMANA -> plan;
    };
  }

  // One code is made after another.
  private static long largest(List<CodeSpec> codes, ToLongFunction<CodeSpec> bytes) {
    return codes.stream().mapToLong(bytes).max().orElse(0);
  }

  // Candidate edges get what is left if the data fits into memory with the least for them; else
  // half of what is left beside the least of the data, so that the other half is for more of it.
  private BuildPlan withCandidates(long count, VamanaOptions graph) {
    long least = LeafMemory.leastCandidateBytes(count, graph);
    long most = LeafMemory.mostCandidateBytes(count, graph);
    long leftInMemory =
        LeafMemory.candidateBytes(budgetBytes - inMemoryBytes() - graphBytes, count, graph);
    if (leftInMemory >= least && peakBytes() <= budgetBytes) {
      return withCandidates(Math.min(leftInMemory, most), 0, count, graph);
    }
    long left = budgetBytes - BuildMemory.marginBytes(budgetBytes) - leastInFiles();
    long room = left - LeafMemory.usedBytes(least, count, graph) - graph.threads() * MIN_COPIES;
    long copies = Math.clamp(MIN_COPIES + room / COPIES_SHARE, MIN_COPIES, MAX_COPIES);
    long leftForCandidates = (left - graph.threads() * copies) / 2;
    long given =
        Math.clamp(LeafMemory.candidateBytes(leftForCandidates, count, graph), least, most);
    return withCandidates(given, copies, count, graph);
  }

  private BuildPlan withCandidates(long given, long copies, long count, VamanaOptions graph) {
    return new BuildPlan(
        budgetBytes,
        jvmBytes,
        vectorBytes,
        graphBytes,
        codeBytes,
        scratchBytes,
        LeafMemory.usedBytes(given, count, graph),
        given,
        graph.threads() * copies);
  }

  // What must be in memory if the data is left in files, beside candidate edges and copies.
  private long leastInFiles() {
    return jvmBytes + scratchBytes + MIN_RESIDENT_BYTES;
  }

  static VamanaOptions graphOptions(BuildOptions options) {
    return new VamanaOptions(
        options.maxDegree(),
        options.tuning().buildListSize(),
        options.tuning().alpha(),
        options.threads(),
        options.tuning().seed());
  }

  /// The data that scratch files can hold, at its peak. Codes are made after the graph has been
  /// written and let go.
  public long dataBytes() {
    return vectorBytes + Math.max(graphBytes, codeBytes);
  }

  /// The peak of a build that takes everything into memory.
  public long peakBytes() {
    return inMemoryBytes() + Math.max(graphBytes + candidateUseBytes, codeBytes);
  }

  /// Memory by phase if all data is in memory, each with everything that is there during it.
  public Map<String, Long> phaseBytes() {
    Map<String, Long> phases = new LinkedHashMap<>();
    phases.put("check and order vectors", inMemoryBytes());
    phases.put("graph and pages", inMemoryBytes() + graphBytes + candidateUseBytes);
    phases.put("codes and layers", inMemoryBytes() + codeBytes);
    return phases;
  }

  // What is in memory during all phases of a build that takes everything into memory.
  private long inMemoryBytes() {
    return jvmBytes + scratchBytes + vectorBytes;
  }

  /// Bytes of scratch files at their peak: the data if it is left in files, and candidate edges for
  /// which there is too little memory.
  public long scratchFileBytes(long count, BuildOptions options) {
    long spilled =
        switch (options.tuning().method()) {
          case LEAF ->
              Math.max(
                  0, LeafMemory.mostCandidateBytes(count, graphOptions(options)) - candidateBytes);
          case VAMANA -> 0;
        };
    return spilled + (inFiles() ? dataBytes() : 0);
  }

  /// The most bytes on the disk of what lets a build be resumed: the order of its vectors, its
  /// graph and its layout.
  public static long checkpointBytes(long count, BuildOptions options) {
    return RowsCheckpoint.bytes(count)
        + GraphCheckpoint.bytes(count, options.maxDegree())
        + LayoutCheckpoint.bytes(count);
  }

  /// The smallest budget that works, with the data in scratch files.
  public long smallestBytes() {
    long fixed = leastInFiles() + candidateUseBytes + copyBytes;
    return Math.min(peakBytes(), fixed + BuildMemory.marginBytes(fixed));
  }

  /// Whether the data is left in scratch files.
  public boolean inFiles() {
    return peakBytes() > budgetBytes;
  }

  /// Refuses the build if it would not keep to the budget.
  ///
  /// @throws MemoryBudgetException with the smallest budget that works
  public void requireWithinBudget() {
    if (smallestBytes() > budgetBytes) {
      throw new MemoryBudgetException(
          "the memory budget is too small to build: " + this, smallestBytes(), budgetBytes);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s = JVM %.0f + scratch %.0f + vectors %.0f + max(graph %.0f + candidates %.0f, codes"
            + " %.0f)%s",
        megabytes(peakBytes()),
        jvmBytes / 1e6,
        scratchBytes / 1e6,
        vectorBytes / 1e6,
        graphBytes / 1e6,
        candidateUseBytes / 1e6,
        codeBytes / 1e6,
        inFiles() ? "; more than the budget, so the data stays in scratch files" : "");
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
  }
}
