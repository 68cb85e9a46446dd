package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/// Distributions of an unusual shape: few dimensions within many, ties, heavy tails, dimensions of
/// differing weight, noise without structure. Queries come from the same distribution.
final class ShapeFamilies {
  private ShapeFamilies() {}

  /// A distribution. What it draws once, such as an embedding, it draws before the vectors.
  private interface Shape
      extends Function<SplittableRandom, Function<SplittableRandom, double[]>> {}

  static List<HardFamily> all() {
    List<HardFamily> families = new ArrayList<>();
    addIntrinsic(families);
    addSparse(families);
    addUneven(families);
    addDense(families);
    return families;
  }

  private static void addIntrinsic(List<HardFamily> families) {
    for (int intrinsic : new int[] {1, 2, 4, 8, 16, 64}) {
      int dimension = intrinsic < 16 ? 32 : 128;
      Shape plane = setup -> plane(intrinsic, dimension, setup);
      families.add(family("intrinsic/plane-" + intrinsic, dimension, plane));
      if (intrinsic <= 8) {
        Shape curve = setup -> curve(intrinsic, dimension, setup);
        families.add(family("intrinsic/curved-" + intrinsic, dimension, curve));
      }
    }
    Shape roll = setup -> roll(64, setup);
    families.add(family("intrinsic/swiss-roll", 64, roll));
    Shape line = setup -> plane(1, 32, setup);
    families.add(sorted("sorted/line", 32, line));
  }

  private static void addSparse(List<HardFamily> families) {
    for (int dimension : new int[] {64, 512}) {
      families.add(
          family("sparse/one-hot-" + dimension, dimension, s -> r -> oneHot(r, dimension)));
      families.add(
          family(
              "sparse/one-hot-" + dimension + "-with-noise",
              dimension,
              s -> r -> Draws.sum(oneHot(r, dimension), Draws.gaussian(dimension, 0.01, r))));
    }
    families.add(
        family(
            "sparse/one-hot-128-of-any-value",
            128,
            s -> r -> Draws.scaled(oneHot(r, 128), r.nextDouble(0.5, 2))));
    families.add(family("sparse/non-negative-5%", 128, s -> r -> sparse(r, 128, 0.05)));
    families.add(family("sparse/non-negative-20%", 64, s -> r -> sparse(r, 64, 0.2)));
    families.add(
        family(
            "sparse/cosine-5%",
            Metric.COSINE, ElementType.FLOAT32, 128, s -> ShapeFamilies::words));
    families.add(family("binary/half", 64, s -> r -> bits(r, 64, 0.5)));
    families.add(family("binary/tenth", 64, s -> r -> bits(r, 64, 0.1)));
    families.add(
        family(
            "binary/uint8-half",
            Metric.SQUARED_L2,
            ElementType.UINT8,
            128,
            s -> r -> bits(r, 128, 0.5)));
    families.add(
        family(
            "binary/lattice-of-4-dimensions",
            Metric.SQUARED_L2,
            ElementType.UINT8,
            4,
            s -> r -> Draws.uniform(4, 0, 12, r)));
  }

  private static void addUneven(List<HardFamily> families) {
    for (String far : List.of("1e2", "1e4")) {
      double factor = Double.parseDouble(far);
      families.add(
          family(
              "outliers/1%-at-" + far,
              32,
              s -> r -> Draws.gaussian(32, r.nextInt(100) == 0 ? factor : 1, r)));
    }
    families.add(family("outliers/cauchy", 32, s -> r -> cauchy(r, 32)));
    families.add(family("outliers/student-lengths", 32, s -> ShapeFamilies::student));
    families.add(
        family("uneven/one-dimension-dominates", 32, s -> r -> weighted(r, i -> i == 0 ? 1e3 : 1)));
    families.add(family("uneven/weights-fall", 32, s -> r -> weighted(r, i -> Math.pow(0.7, i))));
    families.add(
        family("uneven/half-constant", 64, s -> r -> Draws.sum(constants(), halfGaussian(r))));
    families.add(
        family("uneven/far-from-origin", 32, s -> r -> shifted(Draws.gaussian(32, 1, r), 1e3)));
    families.add(family("equal/all", 32, s -> r -> shifted(new double[32], 1)));
    families.add(family("equal/two", 32, s -> r -> shifted(new double[32], r.nextInt(2))));
    families.add(family("equal/two-and-some-others", 32, s -> r -> mostlyTwo(r)));
  }

  private static void addDense(List<HardFamily> families) {
    Shape gaussian = s -> r -> Draws.gaussian(128, 1, r);
    families.add(family("dense/gaussian-128", 128, gaussian));
    families.add(family("dense/gaussian-32", 32, s -> r -> Draws.gaussian(32, 1, r)));
    families.add(sorted("sorted/gaussian-16", 16, s -> r -> Draws.gaussian(16, 1, r)));
    families.add(family("dense/uniform-16", 16, s -> r -> Draws.uniform(16, 0, 1, r)));
    families.add(family("dense/sphere-64", 64, s -> r -> Draws.direction(64, r)));
    families.add(
        family(
            "dense/int8-64",
            Metric.SQUARED_L2,
            ElementType.INT8,
            64,
            s -> r -> Draws.gaussian(64, 40, r)));
    families.add(
        family(
            "dense/cosine-64",
            Metric.COSINE,
            ElementType.FLOAT32,
            64,
            s -> r -> Draws.gaussian(64, 1, r)));
  }

  private static HardFamily family(String name, int dimension, Shape shape) {
    return family(name, Metric.SQUARED_L2, ElementType.FLOAT32, dimension, shape);
  }

  private static HardFamily family(
      String name, Metric metric, ElementType type, int dimension, Shape shape) {
    return new HardFamily(
        name,
        metric,
        type,
        dimension,
        100,
        (base, queries, random) -> {
          Function<SplittableRandom, double[]> vectors = shape.apply(random);
          for (int row = 0; row < base.count(); row++) {
            base.set(row, vectors.apply(random));
          }
          for (int query = 0; query < queries.count(); query++) {
            queries.set(query, vectors.apply(random));
          }
        });
  }

  private static HardFamily sorted(String name, int dimension, Shape shape) {
    return family(name, dimension, shape).sorted();
  }

  private static Function<SplittableRandom, double[]> plane(
      int intrinsic, int dimension, SplittableRandom setup) {
    double[][] axes = new double[intrinsic][];
    for (int i = 0; i < intrinsic; i++) {
      axes[i] = Draws.gaussian(dimension, 1, setup);
    }
    return random -> {
      double[] vector = new double[dimension];
      for (double[] axis : axes) {
        vector = Draws.sum(vector, Draws.scaled(axis, random.nextDouble(-1, 1)));
      }
      return vector;
    };
  }

  /// Sines of random mixtures of a few parameters.
  private static Function<SplittableRandom, double[]> curve(
      int intrinsic, int dimension, SplittableRandom setup) {
    double[][] frequencies = new double[dimension][];
    double[] phases = Draws.uniform(dimension, 0, 2 * Math.PI, setup);
    for (int i = 0; i < dimension; i++) {
      frequencies[i] = Draws.gaussian(intrinsic, 2, setup);
    }
    return random -> {
      double[] parameters = Draws.uniform(intrinsic, -1, 1, random);
      double[] vector = new double[dimension];
      for (int i = 0; i < dimension; i++) {
        double angle = phases[i];
        for (int j = 0; j < intrinsic; j++) {
          angle += frequencies[i][j] * parameters[j];
        }
        vector[i] = Math.sin(angle);
      }
      return vector;
    };
  }

  /// A rolled-up sheet in three of many directions.
  private static Function<SplittableRandom, double[]> roll(int dimension, SplittableRandom setup) {
    double[] x = Draws.direction(dimension, setup);
    double[] y = Draws.direction(dimension, setup);
    double[] z = Draws.direction(dimension, setup);
    return random -> {
      double turn = 1.5 * Math.PI * (1 + 2 * random.nextDouble());
      double[] circle =
          Draws.sum(Draws.scaled(x, turn * Math.cos(turn)), Draws.scaled(y, turn * Math.sin(turn)));
      return Draws.sum(circle, Draws.scaled(z, random.nextDouble(20)));
    };
  }

  private static double[] oneHot(SplittableRandom random, int dimension) {
    double[] vector = new double[dimension];
    vector[random.nextInt(dimension)] = 1;
    return vector;
  }

  private static double[] bits(SplittableRandom random, int dimension, double share) {
    double[] vector = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextDouble() < share ? 1 : 0;
    }
    return vector;
  }

  private static double[] sparse(SplittableRandom random, int dimension, double share) {
    double[] vector = bits(random, dimension, share);
    for (int i = 0; i < dimension; i++) {
      vector[i] *= -Math.log(1 - random.nextDouble());
    }
    return vector;
  }

  /// Counts of words, a few of them in every vector, so that none is zero.
  private static double[] words(SplittableRandom random) {
    double[] vector = new double[128];
    for (int i = 0; i < 8; i++) {
      double draw = random.nextDouble();
      vector[(int) (128 * draw * draw)]++;
    }
    return vector;
  }

  private static double[] cauchy(SplittableRandom random, int dimension) {
    double[] vector = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = Math.clamp(Math.tan(Math.PI * (random.nextDouble() - 0.5)), -1e4, 1e4);
    }
    return vector;
  }

  /// Normal deviates over a length that is now and then near zero.
  private static double[] student(SplittableRandom random) {
    double chi = Draws.length(Draws.gaussian(2, 1, random));
    return Draws.gaussian(32, 1 / Math.max(chi, 1e-3), random);
  }

  private interface Weight {
    double of(int column);
  }

  private static double[] weighted(SplittableRandom random, Weight weight) {
    double[] vector = Draws.gaussian(32, 1, random);
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= weight.of(i);
    }
    return vector;
  }

  private static double[] halfGaussian(SplittableRandom random) {
    double[] vector = Draws.gaussian(64, 1, random);
    for (int i = 0; i < vector.length; i += 2) {
      vector[i] = 0;
    }
    return vector;
  }

  private static double[] constants() {
    double[] vector = new double[64];
    for (int i = 0; i < vector.length; i += 2) {
      vector[i] = i - 32;
    }
    return vector;
  }

  private static double[] shifted(double[] vector, double by) {
    double[] sum = new double[vector.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = vector[i] + by;
    }
    return sum;
  }

  private static double[] mostlyTwo(SplittableRandom random) {
    return random.nextInt(20) == 0
        ? Draws.gaussian(32, 1, random)
        : shifted(new double[32], random.nextInt(2));
  }
}
