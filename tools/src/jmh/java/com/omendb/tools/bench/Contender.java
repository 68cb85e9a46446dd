package com.omendb.tools.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// An engine, the efforts that it is measured at, and what was measured, repetition after
/// repetition. Not thread-safe.
final class Contender {
  private final Engine engine;
  private final List<Effort> efforts;
  private final Map<Setting, List<Measurement>> measurements = new HashMap<>();

  private record Setting(Effort effort, int threads) {}

  Contender(Engine engine, List<Effort> efforts) {
    this.engine = engine;
    this.efforts = efforts;
  }

  Engine engine() {
    return engine;
  }

  List<Effort> efforts() {
    return efforts;
  }

  /// Measures one effort and keeps the outcome; does nothing if there is no such effort.
  ///
  /// @param effort place in [#efforts()]
  void measure(QuietMeasurer measurer, int effort, int threads)
      throws IOException, InterruptedException {
    if (effort < efforts.size()) {
      Effort chosen = efforts.get(effort);
      measurements
          .computeIfAbsent(new Setting(chosen, threads), _ -> new ArrayList<>())
          .add(measurer.measure(engine, chosen, threads));
    }
  }

  /// The median of a figure over the repetitions.
  double median(Effort effort, int threads, ToDoubleFunction<Measurement> figure) {
    return median(
        measurements.get(new Setting(effort, threads)).stream().mapToDouble(figure).toArray());
  }

  /// All repetitions' latencies.
  LatencyHistogram latencies(Effort effort, int threads) {
    LatencyHistogram sum = new LatencyHistogram();
    measurements.get(new Setting(effort, threads)).forEach(each -> sum.add(each.latencies()));
    return sum;
  }

  /// A curve for each repetition.
  List<RecallCurve> curves(int threads) {
    int repetitions = measurements.get(new Setting(efforts.getFirst(), threads)).size();
    List<RecallCurve> curves = new ArrayList<>();
    for (int repetition = 0; repetition < repetitions; repetition++) {
      List<RecallCurve.Point> points = new ArrayList<>();
      for (Effort effort : efforts) {
        Measurement measured = measurements.get(new Setting(effort, threads)).get(repetition);
        points.add(new RecallCurve.Point(measured.recall(), measured.queriesPerSecond()));
      }
      curves.add(new RecallCurve(points));
    }
    return curves;
  }

  /// The middle one, or the mean of the two in the middle.
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
