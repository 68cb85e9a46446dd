package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/// Clusters of every size, number and separation. The separation is the distance of two centres
/// over that of a member from its centre. Queries are members with half the noise of a member,
/// spread over all clusters.
final class ClusterFamilies {
  private static final int DIMENSION = 32;
  private static final int[] SEPARATIONS = {3, 10, 100, 1000};

  private ClusterFamilies() {}

  static List<HardFamily> all() {
    List<HardFamily> families = new ArrayList<>();
    for (int separation : SEPARATIONS) {
      for (int members : new int[] {2, 5, 20, 50, 200, 2_000}) {
        families.add(
            flat(
                    "clusters/of-" + members + "-apart-" + separation,
                    2 * members,
                    count -> Math.ceilDiv(count, members),
                    separation)
                .shuffled());
      }
      for (int clusters : new int[] {5, 50, 400, 2_000, 5_000}) {
        families.add(
            flat(
                    "clusters/number-" + clusters + "-apart-" + separation,
                    2 * clusters,
                    count -> clusters,
                    separation)
                .shuffled());
      }
      families.add(hierarchical("clusters/nested-apart-" + separation, separation).shuffled());
    }
    families.add(
        flat("sorted/clusters-of-50-apart-100", 100, count -> Math.ceilDiv(count, 50), 100));
    families.add(flat("sorted/clusters-number-5-apart-10", 10, count -> 5, 10));
    families.add(hierarchical("sorted/clusters-nested-apart-10", 10));
    families.add(manyScales().shuffled());
    families.add(fewAndCrowded().shuffled());
    families.add(bytes(ElementType.UINT8, "clusters/uint8-of-50", 0, 256).shuffled());
    families.add(bytes(ElementType.INT8, "clusters/int8-of-50", -128, 128).shuffled());
    return families;
  }

  private static HardFamily l2(String name, int leastCount, HardFamily.Filler filler) {
    return new HardFamily(
        name, Metric.SQUARED_L2, ElementType.FLOAT32, DIMENSION, leastCount, filler);
  }

  /// @param clusters how many clusters so many vectors have
  private static HardFamily flat(
      String name, int leastCount, IntUnaryOperator clusters, double separation) {
    return l2(
        name,
        leastCount,
        (base, queries, random) -> {
          double side = Math.sqrt(6) * separation;
          List<double[]> centres = new ArrayList<>();
          for (int i = 0; i < clusters.applyAsInt(base.count()); i++) {
            centres.add(Draws.uniform(DIMENSION, 0, side, random));
          }
          fill(base, queries, centres, 1, random);
        });
  }

  /// Twenty clusters of clusters, each of these with some twenty members.
  private static HardFamily hierarchical(String name, double separation) {
    return l2(
        name,
        800,
        (base, queries, random) -> {
          double side = Math.sqrt(6) * separation;
          int outerCount = 20;
          int innerCount = Math.ceilDiv(base.count(), 20 * outerCount);
          List<double[]> centres = new ArrayList<>();
          for (int i = 0; i < outerCount; i++) {
            double[] outer = Draws.uniform(DIMENSION, 0, side * separation, random);
            for (int j = 0; j < innerCount; j++) {
              centres.add(Draws.sum(outer, Draws.uniform(DIMENSION, 0, side, random)));
            }
          }
          fill(base, queries, centres, 1, random);
        });
  }

  /// Clusters whose widths lie five orders of magnitude apart.
  private static HardFamily manyScales() {
    return l2(
        "clusters/widths-over-5-orders",
        400,
        (base, queries, random) -> {
          int clusters = Math.max(20, base.count() / 100);
          double[] widths = new double[clusters];
          List<double[]> centres = new ArrayList<>();
          for (int i = 0; i < clusters; i++) {
            widths[i] = Math.pow(10, random.nextDouble(-3, 2));
            centres.add(Draws.uniform(DIMENSION, 0, 1_000, random));
          }
          for (int row = 0; row < base.count(); row++) {
            int cluster = clusterOf(row, base.count(), clusters);
            base.set(row, member(centres.get(cluster), widths[cluster], random));
          }
          for (int query = 0; query < queries.count(); query++) {
            int row = Draws.spread(query, base, queries);
            double noise = 0.5 * widths[clusterOf(row, base.count(), clusters)];
            queries.copy(base, row, query, noise, random);
          }
        });
  }

  /// Half of all vectors in one cluster, half of the others in the next, and so on.
  private static HardFamily fewAndCrowded() {
    return l2(
        "clusters/each-half-of-the-one-before",
        500,
        (base, queries, random) -> {
          int row = 0;
          while (row < base.count()) {
            int members = Math.max(1, (base.count() - row) / 2);
            double[] centre = Draws.uniform(DIMENSION, 0, 250, random);
            for (int i = 0; i < members; i++) {
              base.set(row++, member(centre, 1, random));
            }
          }
          // Every second query in the small clusters at the end.
          for (int query = 0; query < queries.count(); query++) {
            int near =
                query % 2 == 0
                    ? Draws.spread(query, base, queries)
                    : base.count() - 1 - random.nextInt(Math.min(base.count(), 200));
            queries.copy(base, near, query, 0.5, random);
          }
        });
  }

  private static HardFamily bytes(ElementType type, String name, int low, int high) {
    return new HardFamily(
        name,
        Metric.SQUARED_L2,
        type,
        DIMENSION,
        100,
        (base, queries, random) -> {
          List<double[]> centres = new ArrayList<>();
          for (int i = 0; i < Math.ceilDiv(base.count(), 50); i++) {
            centres.add(Draws.uniform(DIMENSION, low, high, random));
          }
          fill(base, queries, centres, 1.5, random);
        });
  }

  private static void fill(
      VectorRows base,
      VectorRows queries,
      List<double[]> centres,
      double width,
      SplittableRandom random) {
    for (int row = 0; row < base.count(); row++) {
      double[] centre = centres.get(clusterOf(row, base.count(), centres.size()));
      base.set(row, member(centre, width, random));
    }
    Draws.queriesNearBase(base, queries, 0.5 * width, random);
  }

  private static int clusterOf(int row, int count, int clusters) {
    return (int) ((long) row * clusters / count);
  }

  private static double[] member(double[] centre, double width, SplittableRandom random) {
    return Draws.sum(centre, Draws.gaussian(centre.length, width, random));
  }
}
