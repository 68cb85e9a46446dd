package com.omendb.datasets.synthetic;

import java.util.Arrays;

/// The distribution that synthetic vectors are drawn from: clusters of unequal weight, each on a
/// curved sheet of few dimensions, overlapping, with a little noise in every element.
///
/// A cluster has a centre and `latentCount` directions out of a pool that all clusters share. A
/// vector is the centre, plus the directions times normal deviates of decaying scale, plus a bend:
/// the square of some deviates along further directions. The neighbourhood of a point therefore
/// looks `latentCount`-dimensional from near by, while the set as a whole spans all dimensions.
/// Immutable and thread-safe; [#fill] uses the caller's generator.
final class ClusterModel {
  private static final int POOL_DIRECTIONS = 256;
  private static final float CENTRE_SCALE = 1;
  private static final float SPECTRUM_DECAY = 0.6f;
  private static final float BEND = 0.25f;
  private static final float NOISE = 0.04f;

  /// Directions a cluster for every intrinsic dimension asked for, a number that grows with it: a
  /// finite sample shows fewer dimensions than there are, the more so the more there are. Found by
  /// trial against the Levina-Bickel estimate over the 20 nearest of 20,000 to 200,000 rows.
  private static final float LATENT_FACTOR = 1.05f;

  private static final float LATENT_GROWTH = 0.035f;

  private static final long POOL_STREAM = -1;
  private static final long CENTRES_STREAM = -2;
  private static final long WEIGHTS_STREAM = -3;

  private final int dimension;
  private final int latentCount;
  private final int bendCount;
  private final float[] pool;
  private final float[] centres;
  private final int[] directions;
  private final float[] scales;
  private final double[] cumulativeWeights;

  ClusterModel(SyntheticOptions options) {
    this.dimension = options.dimension();
    int asked = options.intrinsicDimension();
    int wanted = Math.round(asked * (LATENT_FACTOR + LATENT_GROWTH * asked));
    this.latentCount = Math.max(1, Math.min(wanted, dimension));
    this.bendCount = latentCount / 2;
    int clusterCount = options.effectiveClusterCount();
    this.pool = makePool(options.seed(), dimension);
    this.scales = makeScales(latentCount);
    this.cumulativeWeights = makeWeights(options.seed(), clusterCount);
    this.centres = new float[Math.multiplyExact(clusterCount, dimension)];
    this.directions = new int[clusterCount * (latentCount + bendCount)];
    makeClusters(options.seed(), clusterCount);
  }

  /// Fills `target[0..dimension)` with a vector. Elements have mean 0 and a deviation of about 1.
  ///
  /// @param random the generator, just reset to the vector's own stream
  void fill(RowRandom random, float[] target) {
    int cluster = pickCluster(random.nextDouble());
    System.arraycopy(centres, cluster * dimension, target, 0, dimension);
    int perCluster = latentCount + bendCount;
    for (int i = 0; i < latentCount; i++) {
      float deviate = random.nextGaussian();
      int at = cluster * perCluster + i;
      addDirection(target, directions[at], deviate * scales[i]);
      if (i < bendCount) {
        float bend = (deviate * deviate - 1) * BEND * scales[i];
        addDirection(target, directions[at + latentCount], bend);
      }
    }
    addNoise(random, target);
  }

  private void addDirection(float[] target, int direction, float factor) {
    int from = direction * dimension;
    for (int i = 0; i < dimension; i++) {
      target[i] += factor * pool[from + i];
    }
  }

  private void addNoise(RowRandom random, float[] target) {
    float unit = NOISE * 3.4641016f * 0x1p-8f;
    for (int i = 0; i < dimension; i += Long.BYTES) {
      long bits = random.nextLong();
      int end = Math.min(dimension, i + Long.BYTES);
      for (int j = i; j < end; j++) {
        target[j] += ((bits & 0xff) - 127.5f) * unit;
        bits >>>= 8;
      }
    }
  }

  private int pickCluster(double uniform) {
    int low = 0;
    int high = cumulativeWeights.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (uniform < cumulativeWeights[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static float[] makePool(long seed, int dimension) {
    RowRandom random = new RowRandom(seed, POOL_STREAM);
    float[] pool = new float[Math.multiplyExact(POOL_DIRECTIONS, dimension)];
    for (int i = 0; i < pool.length; i++) {
      pool[i] = random.nextGaussian();
    }
    return pool;
  }

  /// Scales that decay like a power and whose squares sum to 1.
  private static float[] makeScales(int latentCount) {
    float[] scales = new float[latentCount];
    double squares = 0;
    for (int i = 0; i < latentCount; i++) {
      double scale = 1 - SPECTRUM_DECAY * i / latentCount;
      scales[i] = (float) scale;
      squares += scale * scale;
    }
    float norm = (float) Math.sqrt(squares);
    for (int i = 0; i < latentCount; i++) {
      scales[i] /= norm;
    }
    return scales;
  }

  private static double[] makeWeights(long seed, int clusterCount) {
    RowRandom random = new RowRandom(seed, WEIGHTS_STREAM);
    double[] cumulative = new double[clusterCount];
    double sum = 0;
    for (int i = 0; i < clusterCount; i++) {
      sum += 0.25 + 1.5 * random.nextDouble();
      cumulative[i] = sum;
    }
    for (int i = 0; i < clusterCount; i++) {
      cumulative[i] /= sum;
    }
    return cumulative;
  }

  private void makeClusters(long seed, int clusterCount) {
    RowRandom random = new RowRandom(seed, CENTRES_STREAM);
    int perCluster = latentCount + bendCount;
    float[] centre = new float[dimension];
    for (int cluster = 0; cluster < clusterCount; cluster++) {
      Arrays.fill(centre, 0);
      for (int i = 0; i < latentCount; i++) {
        addDirection(
            centre,
            random.nextInt(POOL_DIRECTIONS),
            random.nextGaussian() * CENTRE_SCALE * scales[i]);
      }
      System.arraycopy(centre, 0, centres, cluster * dimension, dimension);
      for (int i = 0; i < perCluster; i++) {
        directions[cluster * perCluster + i] = random.nextInt(POOL_DIRECTIONS);
      }
    }
  }
}
