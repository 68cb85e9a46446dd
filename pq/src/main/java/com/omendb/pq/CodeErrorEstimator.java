package com.omendb.pq;

import com.omendb.vectors.ElementType;
import com.omendb.vectors.VectorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.SplittableRandom;

/// Measures the error of codes on random rows and pairs.
final class CodeErrorEstimator {
  private CodeErrorEstimator() {}

  static CodeError estimate(
      ProductQuantizer quantizer,
      VectorSource source,
      MemorySegment codes,
      int sampleCount,
      long seed) {
    Encoder.requireDimension(quantizer, source);
    if (source.count() == 0 || sampleCount < 1) {
      throw new IllegalArgumentException(
          "nothing to measure: count=" + source.count() + ", sampleCount=" + sampleCount);
    }
    int codeBytes = quantizer.subspaceCount();
    Objects.checkFromIndexSize(
        0, Math.multiplyExact(source.count(), (long) codeBytes), codes.byteSize());
    RowReader.requireOpen(source.segment(), "source");
    float[] query = new float[source.dimension()];
    float[] vector = new float[source.dimension()];
    float[] decoded = new float[source.dimension()];
    SplittableRandom random = new SplittableRandom(seed);
    double residuals = 0;
    Moments errors = new Moments();
    Moments relativeErrors = new Moments();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(4L * source.dimension(), Float.BYTES);
      for (int i = 0; i < sampleCount; i++) {
        long a = random.nextLong(source.count());
        long b = random.nextLong(source.count());
        readRow(quantizer, source, a, scratch, query);
        readRow(quantizer, source, b, scratch, vector);
        quantizer.decode(codes, b * codeBytes, decoded);
        residuals += squaredDistance(vector, decoded);
        double trueDistance = squaredDistance(query, vector);
        double error = squaredDistance(query, decoded) - trueDistance;
        if (trueDistance > 0) {
          errors.add(error);
          relativeErrors.add(error / Math.sqrt(trueDistance));
        }
      }
    }
    return new CodeError(
        residuals / sampleCount, errors.mean(), relativeErrors.standardDeviation());
  }

  private static void readRow(
      ProductQuantizer quantizer,
      VectorSource source,
      long row,
      MemorySegment scratch,
      float[] target) {
    RowReader.read(source, row, quantizer.normalize(), scratch.address(), Float.BYTES);
    VectorSource.dense(scratch, 1, source.dimension(), ElementType.FLOAT32).copyRow(0, target);
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
