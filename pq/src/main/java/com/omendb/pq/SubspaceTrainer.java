package com.omendb.pq;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

import com.omendb.pq.simd.CentroidKernels;
import com.omendb.pq.simd.KernelChoice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// k-means over one subspace: k-means++ seeding (Arthur and Vassilvitskii, SODA 2007) on a part of
/// the points, then Lloyd's iterations on all of them. Used by one thread, once.
///
/// Sums run in the order of the points, so that the outcome depends on points and seed only.
final class SubspaceTrainer implements AutoCloseable {
  /// Sixteen points a centroid are enough to seed from; all of them would cost more than Lloyd.
  private static final int MAX_SEEDING_POINTS = 16 * CENTROID_COUNT;

  private final CentroidKernels kernels = KernelChoice.centroids();
  private final Arena arena = Arena.ofConfined();
  private final SplittableRandom random;
  private final int length;
  private final int count;
  private final long points;
  private final long codebook;
  private MemorySegment codes;
  private MemorySegment previousCodes;
  private final double[] sums;
  private final int[] counts = new int[CENTROID_COUNT];

  /// Gathers the subspace's columns of the sample.
  ///
  /// @param codebook address of the subspace's `float[length][256]`, which training fills
  SubspaceTrainer(TrainingSample sample, int from, int length, long codebook, long seed) {
    this.length = length;
    this.codebook = codebook;
    count = sample.count();
    random = new SplittableRandom(seed);
    points = arena.allocate(4L * length * count, Float.BYTES).address();
    codes = arena.allocate(count);
    previousCodes = arena.allocate(count);
    sums = new double[CENTROID_COUNT * length];
    sample.readSubspace(from, length, points);
  }

  /// Native bytes that one trainer takes for `count` points.
  static long bytes(long count, int length) {
    return count * (4L * length + 2);
  }

  /// Seeds and iterates until nothing moves or `iterations` are done.
  void train(int iterations) {
    seed();
    for (int iteration = 0; iteration < iterations; iteration++) {
      kernels.assign(points, 4L * length, count, codebook, length, codes.address(), 1);
      if (iteration > 0 && codes.mismatch(previousCodes) < 0) {
        return;
      }
      moveCentroids();
      MemorySegment swapped = previousCodes;
      previousCodes = codes;
      codes = swapped;
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private void seed() {
    int seedingCount = Math.min(count, MAX_SEEDING_POINTS);
    long[] seeds = new long[seedingCount];
    for (int i = 0; i < seedingCount; i++) {
      // One point from each of equal stretches, as the sample itself was drawn.
      int low = (int) ((long) i * count / seedingCount);
      int high = (int) ((i + 1L) * count / seedingCount);
      seeds[i] = pointAddress(random.nextInt(low, high));
    }
    double[] nearest = new double[seedingCount];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int chosen = random.nextInt(seedingCount);
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      setCentroid(centroid, seeds[chosen]);
      double total = 0;
      for (int i = 0; i < seedingCount; i++) {
        nearest[i] = Math.min(nearest[i], squaredDistance(seeds[i], seeds[chosen]));
        total += nearest[i];
      }
      chosen = draw(nearest, total);
    }
  }

  /// Draws an index with probability proportional to its weight; any if all weights are zero.
  private int draw(double[] weights, double total) {
    if (!(total > 0) || total == Double.POSITIVE_INFINITY) {
      return random.nextInt(weights.length);
    }
    double remaining = random.nextDouble() * total;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        remaining -= weights[i];
        if (remaining < 0) {
          return i;
        }
      }
    }
    return last;
  }

  private void moveCentroids() {
    Arrays.fill(sums, 0);
    Arrays.fill(counts, 0);
    for (int i = 0; i < count; i++) {
      int centroid = code(i);
      counts[centroid]++;
      long point = pointAddress(i);
      int at = centroid * length;
      for (int column = 0; column < length; column++) {
        sums[at + column] += ALL.get(FLOAT, point + 4L * column);
      }
    }
    int emptyCount = 0;
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      if (counts[centroid] == 0) {
        emptyCount++;
        continue;
      }
      for (int column = 0; column < length; column++) {
        double mean = sums[centroid * length + column] / counts[centroid];
        ALL.set(FLOAT, elementAddress(centroid, column), (float) mean);
      }
    }
    if (emptyCount > 0) {
      fillEmptyCentroids();
    }
  }

  /// Moves each centroid without points to the point that is farthest from every centroid chosen
  /// for it so far. Stops when all points lie on centroids: fewer distinct points than centroids
  /// leave duplicates behind.
  private void fillEmptyCentroids() {
    double[] distances = new double[count];
    for (int i = 0; i < count; i++) {
      distances[i] = squaredDistanceToCentroid(pointAddress(i), code(i));
    }
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      if (counts[centroid] > 0) {
        continue;
      }
      int farthest = 0;
      for (int i = 1; i < count; i++) {
        if (distances[i] > distances[farthest]) {
          farthest = i;
        }
      }
      if (!(distances[farthest] > 0)) {
        return;
      }
      long point = pointAddress(farthest);
      setCentroid(centroid, point);
      for (int i = 0; i < count; i++) {
        distances[i] = Math.min(distances[i], squaredDistance(pointAddress(i), point));
      }
    }
  }

  private int code(int i) {
    return ALL.get(BYTE, codes.address() + i) & 0xff;
  }

  private long pointAddress(int i) {
    return points + 4L * length * i;
  }

  private long elementAddress(int centroid, int column) {
    return codebook + column * COLUMN_BYTES + 4L * centroid;
  }

  private void setCentroid(int centroid, long point) {
    for (int column = 0; column < length; column++) {
      ALL.set(FLOAT, elementAddress(centroid, column), ALL.get(FLOAT, point + 4L * column));
    }
  }

  private double squaredDistance(long pointA, long pointB) {
    double sum = 0;
    for (int column = 0; column < length; column++) {
      double difference =
          ALL.get(FLOAT, pointA + 4L * column) - ALL.get(FLOAT, pointB + 4L * column);
      sum += difference * difference;
    }
    return sum;
  }

  private double squaredDistanceToCentroid(long point, int centroid) {
    double sum = 0;
    for (int column = 0; column < length; column++) {
      double difference =
          ALL.get(FLOAT, point + 4L * column) - ALL.get(FLOAT, elementAddress(centroid, column));
      sum += difference * difference;
    }
    return sum;
  }
}
