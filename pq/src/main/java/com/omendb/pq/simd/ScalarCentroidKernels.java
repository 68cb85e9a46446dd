package com.omendb.pq.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;
import static com.omendb.vectors.memory.NativeMemory.INT;

/// The twin of [VectorCentroidKernels] in plain Java, for a JVM without the Vector API.
public final class ScalarCentroidKernels implements CentroidKernels {

  /// A stateless instance.
  public ScalarCentroidKernels() {}

  @Override
  public void assign(
      long points, long groupBytes, int groupCount, long codebook, int length, long numbers) {
    for (int group = 0; group < groupCount; group++) {
      for (int i = 0; i < GROUP_POINTS; i++) {
        long point = points + group * groupBytes + 4L * i;
        int nearest = nearest(point, codebook, length);
        ALL.set(INT, numbers + 4L * ((long) group * GROUP_POINTS + i), nearest);
      }
    }
  }

  private static int nearest(long point, long codebook, int length) {
    int nearest = 0;
    float smallest = Float.POSITIVE_INFINITY;
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      float distance = squaredDistance(point, GROUP_COLUMN_BYTES, codebook + 4L * centroid, length);
      if (distance < smallest) {
        smallest = distance;
        nearest = centroid;
      }
    }
    return nearest;
  }

  @Override
  public void squaredDistances(long point, long codebook, int length, float factor, long target) {
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      float distance = squaredDistance(point, Float.BYTES, codebook + 4L * centroid, length);
      ALL.set(FLOAT, target + 4L * centroid, distance * factor);
    }
  }

  @Override
  public void negatedDots(long point, long codebook, int length, long target) {
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      float sum = 0;
      for (int column = 0; column < length; column++) {
        float element = ALL.get(FLOAT, codebook + column * COLUMN_BYTES + 4L * centroid);
        sum = Math.fma(-ALL.get(FLOAT, point + 4L * column), element, sum);
      }
      ALL.set(FLOAT, target + 4L * centroid, sum);
    }
  }

  private static float squaredDistance(
      long point, long pointColumnBytes, long centroid, int length) {
    float sum = 0;
    for (int column = 0; column < length; column++) {
      float difference =
          ALL.get(FLOAT, point + column * pointColumnBytes)
              - ALL.get(FLOAT, centroid + column * COLUMN_BYTES);
      sum = Math.fma(difference, difference, sum);
    }
    return sum;
  }
}
