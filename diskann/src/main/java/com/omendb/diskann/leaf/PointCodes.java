package com.omendb.diskann.leaf;

import com.omendb.diskann.vamana.NodeSpace;
import com.omendb.vectors.memory.NativeMemory;
import com.omendb.vectors.parallel.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The points of all nodes as signed bytes on one scale: what leaves are computed from, whatever
/// the element type and the metric, so that the vectors are read once and in order.
///
/// Immutable and thread-safe while its arena is open.
final class PointCodes {
  private static final int SAMPLE = 4096;
  private static final float LARGEST_CODE = 127f;

  // A deviation of so many times the usual one is cut off rather than let it flatten the others.
  private static final double USUAL_DEVIATIONS = 30;

  private final long firstAddress;
  private final int pairs;
  private final float scale;
  private final float distanceFactor;

  private PointCodes(long firstAddress, int pairs, float scale, float distanceFactor) {
    this.firstAddress = firstAddress;
    this.pairs = pairs;
    this.scale = scale;
    this.distanceFactor = distanceFactor;
  }

  /// Codes all points in memory of the arena.
  static PointCodes of(NodeSpace space, int threads, Arena arena) {
    int dimension = space.pointDimension();
    int pairs = pairs(dimension);
    float[] mean = new float[dimension];
    float scale = fit(space, mean);
    MemorySegment codes = arena.allocate(space.count() * 2L * pairs, Long.BYTES);
    Workers.forEach(
        space.count(),
        threads,
        () -> {
          float[] point = new float[dimension];
          byte[] coded = new byte[dimension];
          return (from, to) -> {
            for (long node = from; node < to; node++) {
              space.copyPoint((int) node, point);
              encode(point, mean, scale, coded);
              MemorySegment.copy(coded, 0, codes, NativeMemory.BYTE, node * 2 * pairs, dimension);
            }
          };
        });
    return new PointCodes(codes.address(), pairs, scale, space.distanceOfPoints());
  }

  /// Native bytes of the codes of `count` points.
  static long bytes(long count, int pointDimension) {
    return count * 2 * pairs(pointDimension);
  }

  static int pairs(int dimension) {
    return (dimension + 1) / 2;
  }

  /// Pairs of elements of a point.
  int pairs() {
    return pairs;
  }

  /// Address of the codes of a node: `2 * pairs` bytes.
  long address(int node) {
    return firstAddress + node * 2L * pairs;
  }

  /// The distance of nodes whose codes are at a squared L2 distance of 1.
  float distanceUnit() {
    return distanceFactor / (scale * scale);
  }

  private static float fit(NodeSpace space, float[] mean) {
    int count = space.count();
    int sample = Math.min(count, SAMPLE);
    double[] sums = new double[mean.length];
    float[] point = new float[mean.length];
    for (int i = 0; i < sample; i++) {
      space.copyPoint((int) ((long) i * count / sample), point);
      for (int d = 0; d < mean.length; d++) {
        sums[d] += point[d];
      }
    }
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sums[d] / sample);
    }
    double largest = 0;
    double squares = 0;
    for (int i = 0; i < sample; i++) {
      space.copyPoint((int) ((long) i * count / sample), point);
      for (int d = 0; d < mean.length; d++) {
        double deviation = Math.abs(point[d] - mean[d]);
        largest = Math.max(largest, deviation);
        squares += deviation * deviation;
      }
    }
    double usual = Math.sqrt(squares / sample / mean.length);
    double range = Math.min(largest, USUAL_DEVIATIONS * usual);
    return range > 0 ? (float) Math.min(LARGEST_CODE / range, Float.MAX_VALUE) : 1f;
  }

  private static void encode(float[] point, float[] mean, float scale, byte[] coded) {
    for (int d = 0; d < coded.length; d++) {
      float code = (point[d] - mean[d]) * scale;
      code = Math.max(-LARGEST_CODE, Math.min(LARGEST_CODE, code));
      // A shift to positive numbers first, because the conversion cuts towards zero.
      coded[d] = (byte) ((int) (code + 128.5f) - 128);
    }
  }
}
