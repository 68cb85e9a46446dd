package com.omendb.tools.hard;

import com.omendb.store.SearchResult;
import com.omendb.vectors.Metric;
import com.omendb.vectors.VectorSource;
import com.omendb.vectors.testing.hard.HardVectors;
import java.util.Arrays;

/// What searches should find, computed in double precision by the definitions of the metrics, so
/// that it owes nothing to the kernels of the index.
///
/// A returned vector counts if it is no farther than the true k-th neighbour but for the rounding
/// of floats; which of several equally near vectors came back makes no difference. Not thread-safe.
final class ExactNeighbours {
  private static final double RELATIVE_ROUNDING = 1e-5;

  /// Rounding of an element of a unit vector.
  private static final double ELEMENT_ROUNDING = 1e-7;

  private final VectorSource base;
  private final Metric metric;
  private final int k;
  private final double[][] queries;
  private final double[] queryLengths;
  private final double[][] nearest;
  private final float[] row;

  ExactNeighbours(HardVectors vectors, Metric metric, int k) {
    this.base = vectors.base();
    this.metric = metric;
    this.k = k;
    this.row = new float[base.dimension()];
    this.queries = elements(vectors.queries());
    this.queryLengths =
        Arrays.stream(queries).mapToDouble(query -> Math.sqrt(dot(query, query))).toArray();
    this.nearest = new double[queries.length][k];
    for (double[] distances : nearest) {
      Arrays.fill(distances, Double.POSITIVE_INFINITY);
    }
    for (long id = 0; id < base.count(); id++) {
      base.copyRow(id, row);
      for (int query = 0; query < queries.length; query++) {
        insert(nearest[query], distance(query));
      }
    }
  }

  int queryCount() {
    return queries.length;
  }

  int k() {
    return k;
  }

  /// How many of the k nearest a result holds.
  int hits(int query, SearchResult result) {
    double kth = nearest[query][k - 1];
    int hits = 0;
    for (long id : Arrays.stream(result.ids()).distinct().toArray()) {
      base.copyRow(id, row);
      if (distance(query) <= kth + rounding(query, kth)) {
        hits++;
      }
    }
    return Math.min(hits, k);
  }

  private double[][] elements(VectorSource source) {
    double[][] elements = new double[(int) source.count()][base.dimension()];
    for (int i = 0; i < elements.length; i++) {
      for (int column = 0; column < base.dimension(); column++) {
        elements[i][column] = source.element(i, column);
      }
    }
    return elements;
  }

  /// From a query to the row in hand.
  private double distance(int query) {
    double[] vector = queries[query];
    return switch (metric) {
      case SQUARED_L2 -> squaredL2(vector);
      case INNER_PRODUCT -> -dotRow(vector);
      case COSINE -> 1 - dotRow(vector) / (queryLengths[query] * rowLength());
    };
  }

  private double rounding(int query, double distance) {
    return switch (metric) {
      case SQUARED_L2 -> RELATIVE_ROUNDING * distance;
      case INNER_PRODUCT -> ELEMENT_ROUNDING * queryLengths[query] * rowLength();
      case COSINE ->
          RELATIVE_ROUNDING * distance
              + ELEMENT_ROUNDING * Math.sqrt(Math.max(0, distance))
              + ELEMENT_ROUNDING * ELEMENT_ROUNDING;
    };
  }

  private double rowLength() {
    double sum = 0;
    for (double element : row) {
      sum += element * element;
    }
    return Math.sqrt(sum);
  }

  private double squaredL2(double[] vector) {
    double sum = 0;
    for (int i = 0; i < vector.length; i++) {
      double difference = vector[i] - row[i];
      sum += difference * difference;
    }
    return sum;
  }

  private double dotRow(double[] vector) {
    double sum = 0;
    for (int i = 0; i < vector.length; i++) {
      sum += vector[i] * row[i];
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void insert(double[] ascending, double distance) {
    int at = ascending.length - 1;
    if (distance >= ascending[at]) {
      return;
    }
    while (at > 0 && ascending[at - 1] > distance) {
      ascending[at] = ascending[at - 1];
      at--;
    }
    ascending[at] = distance;
  }
}
