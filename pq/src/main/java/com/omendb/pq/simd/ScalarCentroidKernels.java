package com.omendb.pq.simd;

import static com.omendb.vectors.memory.NativeMemory.ALL;
import static com.omendb.vectors.memory.NativeMemory.BYTE;
import static com.omendb.vectors.memory.NativeMemory.FLOAT;

/// The twin of [VectorCentroidKernels] in plain Java, for a JVM without the Vector API.
public final class ScalarCentroidKernels implements CentroidKernels {

  /// A stateless instance.
  public ScalarCentroidKernels() {}

  @Override
  public void assign(
      long points,
      long pointStrideBytes,
      int count,
      long codebook,
      int length,
      long codes,
      long codeStrideBytes) {
    for (int i = 0; i < count; i++) {
      int nearest = nearest(points + i * pointStrideBytes, codebook, length);
      ALL.set(BYTE, codes + i * codeStrideBytes, (byte) nearest);
    }
  }

  private static int nearest(long point, long codebook, int length) {
    int nearest = 0;
    float smallest = Float.POSITIVE_INFINITY;
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      float distance = squaredDistance(point, codebook + 4L * centroid, length);
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
      float distance = squaredDistance(point, codebook + 4L * centroid, length);
      ALL.set(FLOAT, target + 4L * centroid, distance * factor);
    }
  }

  @Override
  public void negatedDots(long point, long codebook, int length, long target) {
    for (int centroid = 0; centroid < CENTROID_COUNT; centroid++) {
      float sum = 0;
      for (int column = 0; column < length; column++) {
        float element = ALL.get(FLOAT, codebook + column * COLUMN_BYTES + 4L * centroid);
        sum -= ALL.get(FLOAT, point + 4L * column) * element;
      }
      ALL.set(FLOAT, target + 4L * centroid, sum);
    }
  }

  private static float squaredDistance(long point, long centroid, int length) {
    float sum = 0;
    for (int column = 0; column < length; column++) {
      float difference =
          ALL.get(FLOAT, point + 4L * column) - ALL.get(FLOAT, centroid + column * COLUMN_BYTES);
      sum += difference * difference;
    }
    return sum;
  }
}
