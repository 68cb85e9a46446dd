package com.omendb.vectors.testing.hard;

import java.util.SplittableRandom;

/// Random vectors that several families are made of.
final class Draws {
  private Draws() {}

  /// A vector of independent normal deviates.
  static double[] gaussian(int dimension, double scale, SplittableRandom random) {
    double[] vector = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = scale * random.nextGaussian();
    }
    return vector;
  }

  /// A vector of independent numbers of `[low, high)`.
  static double[] uniform(int dimension, double low, double high, SplittableRandom random) {
    double[] vector = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextDouble(low, high);
    }
    return vector;
  }

  /// A vector of length 1 in a random direction.
  static double[] direction(int dimension, SplittableRandom random) {
    double[] vector = gaussian(dimension, 1, random);
    return scaled(vector, 1 / length(vector));
  }

  static double length(double[] vector) {
    double sum = 0;
    for (double element : vector) {
      sum += element * element;
    }
    return Math.sqrt(sum);
  }

  static double[] scaled(double[] vector, double factor) {
    double[] product = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      product[i] = factor * vector[i];
    }
    return product;
  }

  static double[] sum(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  /// Fills rows with normal deviates.
  static void fillGaussian(VectorRows rows, double scale, SplittableRandom random) {
    for (int row = 0; row < rows.count(); row++) {
      rows.set(row, gaussian(rows.dimension(), scale, random));
    }
  }

  /// Makes the queries base vectors with noise, spread evenly over the base.
  static void queriesNearBase(
      VectorRows base, VectorRows queries, double noise, SplittableRandom random) {
    for (int query = 0; query < queries.count(); query++) {
      queries.copy(base, spread(query, base, queries), query, noise, random);
    }
  }

  /// The base row that a query stands near, so that the queries are spread over the base.
  static int spread(int query, VectorRows base, VectorRows queries) {
    return (int) ((query * 2L + 1) * base.count() / (2L * queries.count()));
  }
}
