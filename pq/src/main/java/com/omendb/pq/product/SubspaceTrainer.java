package com.omendb.pq.product;

import static com.omendb.pq.simd.CentroidKernels.CENTROID_COUNT;
import static com.omendb.pq.simd.CentroidKernels.COLUMN_BYTES;
import static com.omendb.pq.simd.CentroidKernels.GROUP_COLUMN_BYTES;
import static com.omendb.pq.simd.CentroidKernels.GROUP_POINTS;
import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;

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
  private final int groupCount;
  private final long groupBytes;
  private final long points;
  private final long codebook;
  private MemorySegment numbers;
  private MemorySegment previousNumbers;
  private final double[] sums;
  private final int[] counts = new int[CENTROID_COUNT];

  /// Gathers the subspace's columns of the sample.
  ///
  /// @param codebook address of the subspace's `float[length][256]`, which training fills
  SubspaceTrainer(TrainingSample sample, int from, int length, long codebook, long seed) {
    this.length = length;
    this.codebook = codebook;
    count = sample.count();
    groupCount = Math.ceilDiv(count, GROUP_POINTS);
    groupBytes = length * GROUP_COLUMN_BYTES;
    random = new SplittableRandom(seed);
    points = arena.allocate(groupCount * groupBytes, 64).address();
    numbers = arena.allocate(groupCount * GROUP_COLUMN_BYTES, 64);
    previousNumbers = arena.allocate(groupCount * GROUP_COLUMN_BYTES, 64);
    sums = new double[CENTROID_COUNT * length];
    sample.readSubspace(from, length, points);
  }

  /// Native bytes that one trainer takes for `count` points.
  static long bytes(long count, int length) {
    long seedCount = Math.min(count, MAX_SEEDING_POINTS);
    return Math.ceilDiv(count, GROUP_POINTS) * GROUP_COLUMN_BYTES * (length + 2)
        + 4L * length * seedCount;
  }

  /// Seeds and iterates until nothing moves or `iterations` are done.
  void train(int iterations) {
    seed();
    for (int iteration = 0; iteration < iterations; iteration++) {
      kernels.assign(points, groupBytes, groupCount, codebook, length, numbers.address());
      if (iteration > 0 && numbers.mismatch(previousNumbers) < 0) {
        return;
      }
      moveCentroids();
      MemorySegment swapped = previousNumbers;
      previousNumbers = numbers;
      numbers = swapped;
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private void seed() {
    int seedCount = Math.min(count, MAX_SEEDING_POINTS);
    long seeds = arena.allocate(4L * length * seedCount, Float.BYTES).address();
    for (int i = 0; i < seedCount; i++) {
      // One point from each of equal stretches, as the sample itself was drawn.
      int low = (int) ((long) i * count / seedCount);
      int high = (int) ((i + 1L) * count / seedCount);
      long point = pointAddress(random.nextInt(low, high));
      for (int column = 0; column < length; column++) {
        float element = ALL.get(FLOAT, point + column * GROUP_COLUMN_BYTES);
        ALL.set(FLOAT, seeds + 4L * ((long) i * length + column), element);
      }
    }
    double[] nearest = new double[seedCount];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    int chosen = random.nextInt(seedCount);
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      long chosenSeed = seeds + 4L * chosen * length;
      for (int column = 0; column < length; column++) {
        float element = ALL.get(FLOAT, chosenSeed + 4L * column);
        ALL.set(FLOAT, elementAddress(centroid, column), element);
      }
      double total = 0;
      for (int i = 0; i < seedCount; i++) {
        nearest[i] = Math.min(nearest[i], squaredDistance(seeds + 4L * i * length, chosenSeed));
        total += nearest[i];
      }
      chosen = draw(nearest, total);
    }
  }

  private float squaredDistance(long seedA, long seedB) {
    float sum = 0;
    for (int column = 0; column < length; column++) {
      float difference = ALL.get(FLOAT, seedA + 4L * column) - ALL.get(FLOAT, seedB + 4L * column);
      sum += difference * difference;
    }
    return sum;
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
      int centroid = centroidOf(i);
      counts[centroid]++;
      long point = pointAddress(i);
      int at = centroid * length;
      for (int column = 0; column < length; column++) {
        sums[at + column] += ALL.get(FLOAT, point + column * GROUP_COLUMN_BYTES);
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

  /// Moves each centroid without points to the point that is farthest from its own centroid and
  /// from the points chosen before. Stops when all points lie on one: with fewer distinct points
  /// than centroids, the rest remain duplicates.
  private void fillEmptyCentroids() {
    double[] distances = new double[count];
    for (int i = 0; i < count; i++) {
      distances[i] = squaredDistanceToCentroid(i, centroidOf(i));
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
      for (int column = 0; column < length; column++) {
        float element = ALL.get(FLOAT, point + column * GROUP_COLUMN_BYTES);
        ALL.set(FLOAT, elementAddress(centroid, column), element);
      }
      for (int i = 0; i < count; i++) {
        distances[i] = Math.min(distances[i], squaredDistanceToCentroid(i, centroid));
      }
    }
  }

  private double squaredDistanceToCentroid(int i, int centroid) {
    long point = pointAddress(i);
    double sum = 0;
    for (int column = 0; column < length; column++) {
      double difference =
          (double) ALL.get(FLOAT, point + column * GROUP_COLUMN_BYTES)
              - ALL.get(FLOAT, elementAddress(centroid, column));
      sum += difference * difference;
    }
    return sum;
  }

  private int centroidOf(int i) {
    return ALL.get(INT, numbers.address() + 4L * i);
  }

  private long pointAddress(int i) {
    return points + i / GROUP_POINTS * groupBytes + 4L * (i % GROUP_POINTS);
  }

  private long elementAddress(int centroid, int column) {
    return codebook + column * COLUMN_BYTES + 4L * centroid;
  }
}
