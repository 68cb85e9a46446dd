package com.omendb.vectors.kernels;

import com.omendb.vectors.DenseBlockKernel;
import com.omendb.vectors.DistanceKernel;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.log.LogCode;
import com.omendb.vectors.scalar.ScalarKernels;
import com.omendb.vectors.simd.SimdKernels;
import java.util.Locale;

/// Where [DistanceKernel]s come from: SIMD kernels where the JVM and the CPU have them, else the
/// scalar ones, which give the same distances and are several times slower.
///
/// The choice is made once for the process and logged in one line. The system property
/// `omen.kernels` forces it: `scalar`, or `vector` to fail rather than fall back. Thread-safe.
public final class DistanceKernels {
  /// Name of the system property that forces the choice.
  public static final String CHOICE_PROPERTY = "omen.kernels";

  private static final String VECTOR_CLASS = "jdk.incubator.vector.Vector";
  private static final int MIN_VECTOR_BITS = 128;
  private static final int SCALAR_LANES = 4;

  private DistanceKernels() {}

  /// The fastest kernel for vectors of `dimension` elements.
  ///
  /// Squared L2 and the inner product of integer types are exact up to the conversion to float;
  /// sums of float32 are in single precision, in an order of the kernel's own. Cosine is computed
  /// in full from both vectors, lies in 0 to 2, keeps its digits however near they are, and is 1 if
  /// a vector is zero.
  ///
  /// @throws IllegalArgumentException if the dimension is not 1 to [VectorSource#MAX_DIMENSION]
  /// @throws IllegalStateException if `omen.kernels` forces kernels that do not work here
  public static DistanceKernel of(Metric metric, ElementType elementType, int dimension) {
    requireDimension(dimension);
    return vectorized()
        ? SimdKernels.of(metric, elementType, dimension)
        : ScalarKernels.of(metric, elementType, dimension);
  }

  /// The scalar twin of [#of]: plain Java, the reference for tests.
  ///
  /// @throws IllegalArgumentException if the dimension is not 1 to [VectorSource#MAX_DIMENSION]
  public static DistanceKernel scalar(Metric metric, ElementType elementType, int dimension) {
    requireDimension(dimension);
    return ScalarKernels.of(metric, elementType, dimension);
  }

  /// The fastest kernel for dense blocks.
  ///
  /// @throws IllegalStateException if `omen.kernels` forces kernels that do not work here
  public static DenseBlockKernel denseBlocks() {
    return vectorized() ? SimdKernels.denseBlocks() : scalarDenseBlocks(SCALAR_LANES);
  }

  /// The scalar twin of [#denseBlocks], with columns in groups of `lanes`.
  public static DenseBlockKernel scalarDenseBlocks(int lanes) {
    return ScalarKernels.denseBlocks(lanes);
  }

  /// Whether the Vector API is in use; quantizers follow the same choice.
  ///
  /// @throws IllegalStateException if `omen.kernels` forces kernels that do not work here
  public static boolean vectorized() {
    Choice choice = Holder.CHOICE;
    if (!choice.usable) {
      throw new IllegalStateException(choice.description);
    }
    return choice.vectorized;
  }

  /// What was chosen and why, such as `Vector API, 512 bits`.
  public static String description() {
    return Holder.CHOICE.description;
  }

  private static void requireDimension(int dimension) {
    if (dimension < 1 || dimension > VectorSource.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension out of range 1.." + VectorSource.MAX_DIMENSION + ": dimension=" + dimension);
    }
  }

  /// @param usable false if a choice was forced that cannot be had
  private record Choice(boolean usable, boolean vectorized, String description) {}

  private static final class Holder {
    static final Choice CHOICE = choose();
  }

  private static Choice choose() {
    String forced = System.getProperty(CHOICE_PROPERTY, "").toLowerCase(Locale.ROOT);
    return switch (forced) {
      case "scalar" ->
          logged(LogCode.DISTANCE_KERNELS, false, "scalar: forced by -Domen.kernels=scalar");
      case "vector" -> {
        String obstacle = obstacle();
        yield obstacle.isEmpty()
            ? logged(LogCode.DISTANCE_KERNELS, true, vectorDescription())
            : new Choice(false, false, "-Domen.kernels=vector is not available: " + obstacle);
      }
      case "" -> {
        String obstacle = obstacle();
        yield obstacle.isEmpty()
            ? logged(LogCode.DISTANCE_KERNELS, true, vectorDescription())
            : logged(LogCode.SCALAR_DISTANCE_KERNELS, false, "scalar: " + obstacle);
      }
      default ->
          new Choice(
              false, false, "unknown kernels, known: scalar, vector: omen.kernels=" + forced);
    };
  }

  private static Choice logged(LogCode message, boolean vectorized, String description) {
    message.log(description);
    return new Choice(true, vectorized, description);
  }

  /// Why the SIMD kernels would not work or not be fast here, and the remedy; empty if they would.
  private static String obstacle() {
    if (!vectorApiIsReadable()) {
      return "module jdk.incubator.vector is not present; add --add-modules jdk.incubator.vector";
    }
    String mode = System.getProperty("java.vm.info", "");
    if (mode.contains("interpreted mode") || mode.contains("emulated-client")) {
      return "this JVM runs without its optimizing compiler; remove -Xint or -XX:TieredStopAtLevel";
    }
    int bits = SimdKernels.vectorBits();
    if (bits < MIN_VECTOR_BITS) {
      return "this CPU or JVM has no SIMD vectors of 128 bits: vectorBits=" + bits;
    }
    return "";
  }

  /// The module need not be in the boot layer: a program may have it loaded later.
  private static boolean vectorApiIsReadable() {
    Class<DistanceKernels> here = DistanceKernels.class;
    try {
      Class<?> vector = Class.forName(VECTOR_CLASS, false, here.getClassLoader());
      return here.getModule().canRead(vector.getModule());
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static String vectorDescription() {
    return "Vector API, " + SimdKernels.vectorBits() + " bits";
  }
}
