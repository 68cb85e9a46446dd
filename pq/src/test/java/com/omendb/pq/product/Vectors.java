package com.omendb.pq.product;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.TestRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Vectors that the tests of this module share.
final class Vectors {
  private Vectors() {}

  /// Clustered vectors that cover much of the type's range, at an odd address and stride.
  static VectorSource clustered(
      SplittableRandom random, int count, int dimension, ElementType type, Arena arena) {
    int clusterCount = 20;
    double[][] centres = new double[clusterCount][dimension];
    for (double[] centre : centres) {
      for (int column = 0; column < dimension; column++) {
        centre[column] = 40 * random.nextGaussian();
      }
    }
    VectorSource source = TestRows.unaligned(count, dimension, type, arena);
    for (int row = 0; row < count; row++) {
      double[] centre = centres[random.nextInt(clusterCount)];
      for (int column = 0; column < dimension; column++) {
        TestRows.set(source, row, column, centre[column] + 10 * random.nextGaussian());
      }
    }
    return source;
  }

  /// Vectors whose every element is `value`.
  static VectorSource constant(
      double value, int count, int dimension, ElementType type, Arena arena) {
    VectorSource source = TestRows.unaligned(count, dimension, type, arena);
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < dimension; column++) {
        TestRows.set(source, row, column, value);
      }
    }
    return source;
  }

  /// A row in double precision, at unit length if asked for.
  static double[] row(VectorSource source, long row, boolean normalize) {
    double[] vector = new double[source.dimension()];
    double sum = 0;
    for (int column = 0; column < vector.length; column++) {
      vector[column] = source.element(row, column);
      sum += vector[column] * vector[column];
    }
    if (normalize && sum > 0) {
      for (int column = 0; column < vector.length; column++) {
        vector[column] /= Math.sqrt(sum);
      }
    }
    return vector;
  }

  /// The decoded code of a row in double precision.
  static double[] decoded(ProductQuantizer quantizer, MemorySegment codes, long row) {
    float[] target = new float[quantizer.dimension()];
    quantizer.decode(codes, row * quantizer.subspaceCount(), target);
    double[] vector = new double[target.length];
    for (int column = 0; column < vector.length; column++) {
      vector[column] = target[column];
    }
    return vector;
  }

  static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
