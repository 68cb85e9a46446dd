package com.omendb.pq;

import com.omendb.pq.rows.RowReader;
import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Adds up the error of codes over pairs of a raw query and an encoded row. For one thread.
final class CodeErrorEstimator implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final VectorCode code;
  private final VectorSource queries;
  private final VectorSource source;
  private final MemorySegment codes;
  private final VectorSource scratch;
  private final float[] query;
  private final float[] vector;
  private final float[] decoded;
  private final Moments residuals = new Moments();
  private final Moments innerProductErrors = new Moments();
  // Of each pair: the true distance, the error of the estimate.
  private double[] distances = new double[1024];
  private double[] errors = new double[1024];
  private int pairs;

  /// The sources and codes have been checked to fit the code.
  CodeErrorEstimator(
      VectorCode code, VectorSource queries, VectorSource source, MemorySegment codes) {
    this.code = code;
    this.queries = queries;
    this.source = source;
    this.codes = codes;
    int dimension = code.dimension();
    MemorySegment memory = arena.allocate(4L * dimension, Float.BYTES);
    scratch = VectorSource.dense(memory, 1, dimension, ElementType.FLOAT32);
    query = new float[dimension];
    vector = new float[dimension];
    decoded = new float[dimension];
  }

  /// Adds one pair. Equal vectors count for the residual alone.
  void add(long queryRow, long row) {
    read(queries, queryRow, query);
    read(source, row, vector);
    code.decode(codes, row * code.bytes(), decoded);
    residuals.add(squaredDistance(vector, decoded));
    double trueDistance = squaredDistance(query, vector);
    if (trueDistance > 0) {
      addError(trueDistance, squaredDistance(query, decoded) - trueDistance);
    }
    double norm = Math.sqrt(dot(query, query));
    if (norm > 0) {
      innerProductErrors.add((dot(query, vector) - dot(query, decoded)) / norm);
    }
  }

  private void addError(double distance, double error) {
    if (pairs == errors.length) {
      distances = Arrays.copyOf(distances, 2 * pairs);
      errors = Arrays.copyOf(errors, 2 * pairs);
    }
    distances[pairs] = distance;
    errors[pairs++] = error;
  }

  /// The error over all pairs added so far. The offset is the mean of the errors, each weighted by
  /// the inverse of its variance: those of a few far pairs are larger than all others together.
  CodeError error() {
    double residual = residuals.mean();
    double weights = 0;
    double sum = 0;
    for (int i = 0; i < pairs; i++) {
      double weight = 1 / CodeError.scaledVariance(distances[i], residual);
      weights += weight;
      sum += weight * errors[i];
    }
    double offset = pairs == 0 ? 0 : sum / weights;
    double squares = 0;
    for (int i = 0; i < pairs; i++) {
      double error = errors[i] - offset;
      squares += error * error / CodeError.scaledVariance(distances[i], residual);
    }
    return new CodeError(
        residual,
        offset,
        pairs == 0 ? 0 : Math.sqrt(squares / pairs),
        innerProductErrors.mean(),
        innerProductErrors.standardDeviation());
  }

  @Override
  public void close() {
    arena.close();
  }

  private void read(VectorSource rows, long row, float[] target) {
    RowReader.read(rows, row, code.normalize(), scratch.address(0), Float.BYTES);
    scratch.copyRow(0, target);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  /// Mean and spread of a series, by Welford's recurrence.
  private static final class Moments {
    private long count;
    private double mean;
    private double squares;

    void add(double value) {
      count++;
      double before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
    }

    double mean() {
      return mean;
    }

    double standardDeviation() {
      return count == 0 ? 0 : Math.sqrt(squares / count);
    }
  }
}
