package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/// Vectors of differing lengths for the inner product, and for the cosine directions that differ
/// little or not at all.
final class LengthFamilies {
  private static final int DIMENSION = 32;
  private static final int GROUPS = 40;

  private LengthFamilies() {}

  static List<HardFamily> all() {
    List<HardFamily> families = new ArrayList<>();
    for (double sigma : new double[] {0.25, 0.5, 1}) {
      families.add(
          product("ip/lognormal-" + sigma, random -> Math.exp(sigma * random.nextGaussian())));
    }
    for (double exponent : new double[] {1.2, 2, 4}) {
      families.add(
          product(
              "ip/power-law-" + exponent,
              random -> Math.min(1e3, Math.pow(1 - random.nextDouble(), -1 / exponent))));
    }
    families.add(product("ip/1%-of-length-100", random -> random.nextInt(100) == 0 ? 100 : 1));
    families.add(product("ip/length-1", random -> 1));
    families.add(recommender("ip/recommender", false));
    families.add(recommender("ip/recommender-with-bias", true));
    families.add(productClusters());
    families.add(productOfNodes());
    families.add(productOfBytes(ElementType.INT8, "ip/int8-lognormal-0.5", 0));
    families.add(productOfBytes(ElementType.UINT8, "ip/uint8-lognormal-0.5", 40));
    for (String angle : List.of("0.1", "0.01", "0.001")) {
      families.add(cones("cosine/cone-" + angle, 1, Double.parseDouble(angle)));
      families.add(cones("cosine/40-cones-" + angle, GROUPS, Double.parseDouble(angle)));
    }
    families.add(copiesOfDirections("cosine/lengths-of-few-directions", 100));
    families.add(copiesOfDirections("cosine/lengths-of-many-directions", 0));
    families.add(cosineOfBytes());
    return families;
  }

  private static HardFamily family(
      String name, Metric metric, ElementType type, HardFamily.Filler filler) {
    return new HardFamily(name, metric, type, DIMENSION, 500, filler);
  }

  private static HardFamily floats(String name, Metric metric, HardFamily.Filler filler) {
    return family(name, metric, ElementType.FLOAT32, filler);
  }

  /// Random directions at drawn lengths.
  private static HardFamily product(String name, ToDoubleFunction<SplittableRandom> length) {
    return floats(
        name,
        Metric.INNER_PRODUCT,
        (base, queries, random) -> {
          for (int row = 0; row < base.count(); row++) {
            double[] direction = Draws.direction(DIMENSION, random);
            base.set(row, Draws.scaled(direction, length.applyAsDouble(random)));
          }
          Draws.fillGaussian(queries, 1, random);
        });
  }

  /// Items and users of a factorization: both belong to groups of taste, and the items' lengths
  /// follow their popularity by Zipf's law. Users are the queries.
  private static HardFamily recommender(String name, boolean bias) {
    return floats(
        name,
        Metric.INNER_PRODUCT,
        (base, queries, random) -> {
          double[][] tastes = directions(GROUPS, random);
          for (int row = 0; row < base.count(); row++) {
            double[] item = nearOne(tastes, 0.15, random);
            double popularity = Math.pow(1 + random.nextInt(base.count()), -0.3);
            base.set(row, Draws.scaled(item, 5 * popularity));
            if (bias) {
              base.set(row, DIMENSION - 1, Math.log(popularity));
            }
          }
          for (int query = 0; query < queries.count(); query++) {
            queries.set(query, Draws.scaled(nearOne(tastes, 0.15, random), random.nextDouble(3)));
            if (bias) {
              queries.set(query, DIMENSION - 1, 1);
            }
          }
        });
  }

  /// Clusters each of which has a length of its own.
  private static HardFamily productClusters() {
    return floats(
        "ip/clusters-of-differing-lengths",
        Metric.INNER_PRODUCT,
        (base, queries, random) -> {
          double[][] tastes = directions(GROUPS, random);
          for (int row = 0; row < base.count(); row++) {
            int group = row % GROUPS;
            double[] item = Draws.sum(tastes[group], Draws.gaussian(DIMENSION, 0.02, random));
            base.set(row, Draws.scaled(item, Math.exp(group * 0.1)));
          }
          for (int query = 0; query < queries.count(); query++) {
            queries.set(query, nearOne(tastes, 0.05, random));
          }
        });
  }

  /// Queries are vectors of the base, short ones too.
  private static HardFamily productOfNodes() {
    return floats(
        "ip/queries-of-the-base",
        Metric.INNER_PRODUCT,
        (base, queries, random) -> {
          for (int row = 0; row < base.count(); row++) {
            double factor = Math.exp(0.5 * random.nextGaussian());
            base.set(row, Draws.gaussian(DIMENSION, factor, random));
          }
          Draws.queriesNearBase(base, queries, 0, random);
        });
  }

  private static HardFamily productOfBytes(ElementType type, String name, double middle) {
    return family(
        name,
        Metric.INNER_PRODUCT,
        type,
        (base, queries, random) -> {
          for (int row = 0; row < base.count(); row++) {
            double factor = 20 * Math.exp(0.5 * random.nextGaussian());
            setBytes(base, row, middle, factor, random);
          }
          for (int query = 0; query < queries.count(); query++) {
            setBytes(queries, query, middle, 20, random);
          }
        });
  }

  private static void setBytes(
      VectorRows rows, int row, double middle, double scale, SplittableRandom random) {
    for (int column = 0; column < DIMENSION; column++) {
      rows.set(row, column, middle + scale * random.nextGaussian());
    }
  }

  /// Directions that deviate from those of a few axes by about an angle, at any length.
  private static HardFamily cones(String name, int axes, double angle) {
    return floats(
        name,
        Metric.COSINE,
        (base, queries, random) -> {
          double[][] middles = directions(axes, random);
          double noise = angle / Math.sqrt(DIMENSION);
          for (int row = 0; row < base.count(); row++) {
            double[] vector = nearOne(middles, noise, random);
            base.set(row, Draws.scaled(vector, Math.exp(random.nextGaussian())));
          }
          for (int query = 0; query < queries.count(); query++) {
            queries.set(query, nearOne(middles, noise, random));
          }
        });
  }

  /// Each direction at several lengths, which are the same to the cosine but for rounding.
  private static HardFamily copiesOfDirections(String name, int count) {
    return floats(
        name,
        Metric.COSINE,
        (base, queries, random) -> {
          double[][] directions = directions(count == 0 ? base.count() / 10 : count, random);
          for (int row = 0; row < base.count(); row++) {
            double length = Math.exp(random.nextGaussian());
            base.set(row, Draws.scaled(directions[row % directions.length], length));
          }
          for (int query = 0; query < queries.count(); query++) {
            queries.set(
                query,
                query % 2 == 0
                    ? Draws.direction(DIMENSION, random)
                    : nearOne(directions, 0.01, random));
          }
        });
  }

  private static HardFamily cosineOfBytes() {
    return family(
        "cosine/int8-short-and-long",
        Metric.COSINE,
        ElementType.INT8,
        (base, queries, random) -> {
          for (int row = 0; row < base.count(); row++) {
            setBytes(base, row, 0, random.nextDouble(1, 60), random);
            // Zero has no direction.
            base.set(row, 0, base.get(row, 0) == 0 ? 1 : base.get(row, 0));
          }
          for (int query = 0; query < queries.count(); query++) {
            setBytes(queries, query, 0, 40, random);
          }
        });
  }

  private static double[][] directions(int count, SplittableRandom random) {
    double[][] directions = new double[count][];
    for (int i = 0; i < count; i++) {
      directions[i] = Draws.direction(DIMENSION, random);
    }
    return directions;
  }

  private static double[] nearOne(double[][] directions, double noise, SplittableRandom random) {
    double[] near = directions[random.nextInt(directions.length)];
    return Draws.sum(near, Draws.gaussian(near.length, noise, random));
  }
}
