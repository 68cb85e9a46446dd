package com.omendb.diskann.vamana;

import com.omendb.vectors.VectorSource;

/// Finds the node nearest to the mean of the vectors, both over an evenly spread sample.
public final class Medoid {
  private static final long SAMPLE = 20_000;

  private Medoid() {}

  /// The row of that node.
  public static int find(VectorSource vectors) {
    long count = vectors.count();
    long sample = Math.min(count, SAMPLE);
    int dimension = vectors.dimension();
    double[] mean = new double[dimension];
    float[] row = new float[dimension];
    for (long i = 0; i < sample; i++) {
      vectors.copyRow(i * count / sample, row);
      for (int d = 0; d < dimension; d++) {
        mean[d] += row[d] / sample;
      }
    }
    int nearest = 0;
    double nearestDistance = Double.POSITIVE_INFINITY;
    for (long i = 0; i < sample; i++) {
      vectors.copyRow(i * count / sample, row);
      double distance = 0;
      for (int d = 0; d < dimension; d++) {
        double difference = row[d] - mean[d];
        distance += difference * difference;
      }
      if (distance < nearestDistance) {
        nearestDistance = distance;
        nearest = (int) (i * count / sample);
      }
    }
    return nearest;
  }
}
