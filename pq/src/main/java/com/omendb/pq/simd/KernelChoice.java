package com.omendb.pq.simd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// The kernels that this JVM uses, chosen once: the Vector API if its incubator module is there,
/// else plain Java. The system property `omen.kernels` (`scalar` or `vector`) forces a choice.
public final class KernelChoice {
  private static final Logger LOGGER = System.getLogger("com.omendb.pq");
  private static final String PROPERTY = "omen.kernels";
  private static final CentroidKernels CENTROIDS = choose(System.getProperty(PROPERTY, ""));

  private KernelChoice() {}

  /// The centroid kernels in use.
  public static CentroidKernels centroids() {
    return CENTROIDS;
  }

  /// The Vector API classes are first touched here, when the module is known to be present.
  static CentroidKernels choose(String wanted) {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!wanted.equals("scalar") && present && VectorCentroidKernels.supported()) {
      LOGGER.log(Level.DEBUG, "centroid kernels: Vector API");
      return new VectorCentroidKernels();
    }
    LOGGER.log(
        wanted.equals("vector") ? Level.WARNING : Level.DEBUG,
        "centroid kernels: scalar; module jdk.incubator.vector present: {0}, {1}={2}",
        present,
        PROPERTY,
        wanted);
    return new ScalarCentroidKernels();
  }
}
