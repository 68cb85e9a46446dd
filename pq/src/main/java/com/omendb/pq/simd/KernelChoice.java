package com.omendb.pq.simd;

import com.omendb.vectors.kernels.DistanceKernels;
import com.omendb.vectors.log.LogCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The kernels that this JVM uses, chosen once: the Vector API where the distance kernels use it
/// and the processor has what the kernel needs, else plain Java.
public final class KernelChoice {
  private static final KernelChoice CHOICE = choose(DistanceKernels.vectorized());

  private final CentroidKernels centroids;
  private final CodeKernels codes;

  private KernelChoice(CentroidKernels centroids, CodeKernels codes) {
    this.centroids = centroids;
    this.codes = codes;
  }

  /// The centroid kernels in use.
  public static CentroidKernels centroids() {
    return CHOICE.centroids;
  }

  /// The code kernels in use.
  public static CodeKernels codes() {
    return CHOICE.codes;
  }

  /// The Vector API classes are first touched here, when their module is known to be present.
  static KernelChoice choose(boolean vectorized) {
    boolean vector = vectorized && VectorCentroidKernels.supported();
    boolean blocks = vector && VectorCodeKernels.supported() && processorPermutesBytes();
    LogCode.CODE_KERNELS.log(vector, blocks);
    return new KernelChoice(
        vector ? new VectorCentroidKernels() : new ScalarCentroidKernels(), codes(vector, blocks));
  }

  private static CodeKernels codes(boolean vector, boolean blocks) {
    if (blocks) {
      return new VectorCodeKernels();
    }
    return vector && TableCodeKernels.supported()
        ? new TableCodeKernels()
        : new ScalarCodeKernels();
  }

  /// Whether byte permutation over 512 bits is one instruction. Where it is not, the Vector API
  /// takes it apart into a loop, hundreds of times slower, and offers no way to ask; so this asks
  /// the operating system, and assumes the worst if that does not tell.
  private static boolean processorPermutesBytes() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo")).contains(" avx512vbmi ");
    } catch (IOException _) {
      return false;
    }
  }
}
