package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.Adjacency;
import com.omendb.diskann.vamana.GraphRepair;
import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.diskann.vamana.VamanaOptions;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorShape;

/// The memory of a build from leaves, worked out before it begins: data, which may lie in scratch
/// files, and the memory for candidate edges, which is native memory always but as little as is
/// given.
public final class LeafMemory {
  private LeafMemory() {}

  /// Bytes of data beside the vectors and what the metric needs a node, at the peak.
  public static long dataBytes(VectorShape vectors, Metric metric, VamanaOptions options) {
    long count = vectors.count();
    LeafOptions leaves = LeafGraphBuilder.leafOptions(options);
    int pointDimension = NodeSpace.pointDimension(vectors.dimension(), metric);
    long comparing =
        CellAssignment.bytes(count, pointDimension, leaves)
            + Math.max(
                CellAssignment.scratchBytes(count, pointDimension, leaves),
                LeafCandidates.bytes(count, pointDimension, leaves));
    long pruning =
        Adjacency.bytes(count, options.maxDegree())
            + Math.max(
                Skeleton.bytes(count, vectors.vectorBytes(), metric), GraphRepair.bytes(count));
    return Math.max(Duplicates.findingBytes(count), Math.max(comparing, pruning));
  }

  /// The least memory for candidate edges with which a build works, through a scratch file.
  public static long leastCandidateBytes(long count, VamanaOptions options) {
    return CandidateBuckets.leastBytes(count, options.threads());
  }

  /// The memory for candidate edges of which a build makes use: with so much it needs no scratch
  /// file.
  public static long mostCandidateBytes(long count, VamanaOptions options) {
    int keep = LeafGraphBuilder.keptCandidates(options);
    return leastCandidateBytes(count, options)
        + count * CandidateBuckets.bytesWithoutSpilling(keep);
  }

  /// Native bytes that a build takes if it is given so many for candidate edges.
  public static long usedBytes(long candidateBytes, long count, VamanaOptions options) {
    double share = 1 + CandidateBuckets.openShare(options.threads());
    return (long) Math.ceil(candidateBytes * share) + 2 * CandidateBuckets.boundBytes(count);
  }

  /// The largest number of bytes for candidates with which a build takes at most `bytes`.
  public static long candidateBytes(long bytes, long count, VamanaOptions options) {
    double share = 1 + CandidateBuckets.openShare(options.threads());
    return (long) ((bytes - 2 * CandidateBuckets.boundBytes(count)) / share);
  }
}
