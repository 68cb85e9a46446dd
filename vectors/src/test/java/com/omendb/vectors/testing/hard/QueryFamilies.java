package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Queries of another distribution than the base, which is in each case forty clusters that touch
/// and a few vectors far away.
final class QueryFamilies {
  private static final int DIMENSION = 32;
  private static final int CLUSTERS = 40;
  private static final double SIDE = 10;
  private static final double FAR = 1e3;

  private QueryFamilies() {}

  /// Makes one query.
  private interface Asker {
    double[] query(double[][] centres, VectorRows base, SplittableRandom random);
  }

  static List<HardFamily> all() {
    List<HardFamily> families = new ArrayList<>();
    families.add(
        family(
            "queries/uniform",
            Metric.SQUARED_L2,
            (centres, base, random) -> Draws.uniform(DIMENSION, 0, SIDE, random)));
    families.add(
        family(
            "queries/shifted",
            Metric.SQUARED_L2,
            (centres, base, random) ->
                Draws.sum(
                    centres[random.nextInt(CLUSTERS)], Draws.uniform(DIMENSION, 2, 4, random))));
    for (double distance : new double[] {1e2, 1e4}) {
      families.add(
          family(
              "queries/outside-by-" + (int) distance,
              Metric.SQUARED_L2,
              (centres, base, random) ->
                  Draws.scaled(Draws.direction(DIMENSION, random), distance)));
    }
    families.add(
        family(
            "queries/between-clusters",
            Metric.SQUARED_L2,
            (centres, base, random) ->
                Draws.scaled(
                    Draws.sum(centres[random.nextInt(CLUSTERS)], centres[random.nextInt(CLUSTERS)]),
                    0.5)));
    families.add(
        family(
            "queries/near-outliers",
            Metric.SQUARED_L2,
            (centres, base, random) -> nearFarVector(base, random)));
    families.add(
        family(
            "queries/cosine-of-other-directions",
            Metric.COSINE,
            (centres, base, random) -> Draws.direction(DIMENSION, random)));
    families.add(
        family(
            "queries/product-of-other-directions",
            Metric.INNER_PRODUCT,
            (centres, base, random) -> Draws.direction(DIMENSION, random)));
    return families;
  }

  private static HardFamily family(String name, Metric metric, Asker asker) {
    return new HardFamily(
        name,
        metric,
        ElementType.FLOAT32,
        DIMENSION,
        500,
        (base, queries, random) -> {
          double[][] centres = new double[CLUSTERS][];
          for (int i = 0; i < CLUSTERS; i++) {
            centres[i] = Draws.uniform(DIMENSION, 0, SIDE, random);
          }
          for (int row = 0; row < base.count(); row++) {
            base.set(
                row,
                isFar(row)
                    ? Draws.gaussian(DIMENSION, FAR, random)
                    : Draws.sum(
                        centres[random.nextInt(CLUSTERS)], Draws.gaussian(DIMENSION, 1, random)));
          }
          for (int query = 0; query < queries.count(); query++) {
            queries.set(query, asker.query(centres, base, random));
          }
        });
  }

  private static boolean isFar(int row) {
    return row % 100 == 50;
  }

  private static double[] nearFarVector(VectorRows base, SplittableRandom random) {
    int row = random.nextInt(base.count() / 100) * 100 + 50;
    double[] query = Draws.gaussian(DIMENSION, 1, random);
    for (int column = 0; column < DIMENSION; column++) {
      query[column] += base.get(row, column);
    }
    return query;
  }
}
