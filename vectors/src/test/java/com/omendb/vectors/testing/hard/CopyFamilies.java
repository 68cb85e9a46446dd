package com.omendb.vectors.testing.hard;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Copies and near copies in every share. Half of the queries stand near vectors that were copied,
/// half are new.
final class CopyFamilies {
  private static final int DIMENSION = 32;

  /// Copies of each vector that was copied, where many were.
  private static final int COPIES_OF_MANY = 4;

  private CopyFamilies() {}

  static List<HardFamily> all() {
    List<HardFamily> families = new ArrayList<>();
    for (int share : new int[] {1, 20, 50, 99}) {
      families.add(floats("copies/of-1-" + share + "%", share, 1, 0));
      families.add(floats("copies/of-10-" + share + "%", share, 10, 0));
      families.add(floats("copies/of-many-" + share + "%", share, 0, 0));
    }
    for (String noise : List.of("1e-6", "1e-5", "1e-4", "1e-3")) {
      double scale = Double.parseDouble(noise);
      for (int share : new int[] {20, 50, 99}) {
        families.add(floats("near-copies/of-10-" + share + "%-" + noise, share, 10, scale));
      }
      families.add(floats("near-copies/of-1-20%-" + noise, 20, 1, scale));
      families.add(floats("near-copies/of-many-50%-" + noise, 50, 0, scale));
    }
    for (int steps : new int[] {1, 2}) {
      for (int share : new int[] {20, 50, 99}) {
        families.add(bytes("near-copies/uint8-of-10-" + share + "%-steps-" + steps, share, steps));
      }
    }
    families.add(origin());
    return families;
  }

  private static HardFamily floats(String name, int share, int originals, double noise) {
    return new HardFamily(
            name,
            Metric.SQUARED_L2,
            ElementType.FLOAT32,
            DIMENSION,
            1_000,
            (base, queries, random) -> {
              Draws.fillGaussian(base, 1, random);
              Draws.fillGaussian(queries, 1, random);
              int first = firstCopy(base, share);
              int copied = copied(base, first, originals);
              for (int row = first; row < base.count(); row++) {
                base.copy(base, (row - first) % copied, row, noise, random);
              }
              nearCopied(base, queries, copied, 0.1, random);
            })
        .shuffled();
  }

  private static HardFamily bytes(String name, int share, int steps) {
    return new HardFamily(
            name,
            Metric.SQUARED_L2,
            ElementType.UINT8,
            DIMENSION,
            1_000,
            (base, queries, random) -> {
              fillBytes(base, random);
              fillBytes(queries, random);
              int first = firstCopy(base, share);
              int copied = copied(base, first, 10);
              for (int row = first; row < base.count(); row++) {
                base.copy(base, (row - first) % copied, row, 0, random);
                // A few elements by one step, so that exact copies are among them.
                for (int step = 0; step < steps; step++) {
                  int column = random.nextInt(DIMENSION);
                  base.set(row, column, base.get(row, column) + random.nextInt(-1, 2));
                }
              }
              nearCopied(base, queries, copied, 2, random);
            })
        .shuffled();
  }

  /// Copies of the origin amid a sphere of others, which lie nearer to most queries.
  private static HardFamily origin() {
    return new HardFamily(
            "copies/of-the-middle-20%",
            Metric.SQUARED_L2,
            ElementType.FLOAT32,
            DIMENSION,
            1_000,
            (base, queries, random) -> {
              Draws.fillGaussian(base, 1, random);
              for (int row = firstCopy(base, 20); row < base.count(); row++) {
                base.set(row, new double[DIMENSION]);
              }
              Draws.fillGaussian(queries, 1, random);
            })
        .shuffled();
  }

  private static void fillBytes(VectorRows rows, SplittableRandom random) {
    for (int row = 0; row < rows.count(); row++) {
      for (int column = 0; column < DIMENSION; column++) {
        rows.set(row, column, 128 + 30 * random.nextGaussian());
      }
    }
  }

  private static int firstCopy(VectorRows base, int share) {
    return base.count() - (int) ((long) base.count() * share / 100);
  }

  /// How many vectors were copied; of 0 originals as many as give each a few copies.
  private static int copied(VectorRows base, int first, int originals) {
    int wanted = originals == 0 ? Math.ceilDiv(base.count() - first, COPIES_OF_MANY) : originals;
    return Math.min(wanted, first);
  }

  /// Places every second query near a vector that was copied.
  private static void nearCopied(
      VectorRows base, VectorRows queries, int copied, double noise, SplittableRandom random) {
    for (int query = 0; query < queries.count(); query += 2) {
      queries.copy(base, random.nextInt(copied), query, noise, random);
    }
  }
}
