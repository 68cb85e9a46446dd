package com.omendb.pq.simd;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/// The kernels that this JVM uses, chosen once: the Vector API if its incubator module is there and
/// the processor has what the kernel needs, else plain Java. The system property `omen.kernels`
/// (`scalar` or `vector`) forces a choice.
public final class KernelChoice {
  private static final Logger LOGGER = System.getLogger("com.omendb.pq");
  private static final String PROPERTY = "omen.kernels";
  private static final KernelChoice CHOICE = choose(System.getProperty(PROPERTY, ""));

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

  /// The kernels for a value of `omen.kernels`; any but `scalar` means the fastest available.
  ///
  /// The Vector API classes are first touched here, when their module is known to be present.
  static KernelChoice choose(String wanted) {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    boolean vector = present && !wanted.equals("scalar") && VectorCentroidKernels.supported();
    boolean blocks = vector && VectorCodeKernels.supported() && processorPermutesBytes();
    LOGGER.log(
        wanted.equals("vector") && !vector ? Level.WARNING : Level.DEBUG,
        "kernels over centroids: {0}, over codes: {1}",
        describe(vector, present),
        describe(blocks, present));
    return new KernelChoice(
        vector ? new VectorCentroidKernels() : new ScalarCentroidKernels(),
        blocks ? new VectorCodeKernels() : new ScalarCodeKernels());
  }

  private static String describe(boolean vector, boolean present) {
    if (vector) {
      return "Vector API";
    }
    return present ? "scalar" : "scalar; add --add-modules jdk.incubator.vector";
  }

  /// Whether byte permutation over 512 bits is one instruction. Where it is not, the Vector API
  /// takes it apart into a loop, hundreds of times slower, and offers no way to ask; so this asks
  /// the operating system, and assumes the worst if that does not tell.
  private static boolean processorPermutesBytes() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo")).contains(" avx512_vbmi ");
    } catch (IOException _) {
      return false;
    }
  }
}
