package com.omendb.tools.bench;

import com.omendb.tools.report.TextTable;
import com.omendb.tools.report.TextTable.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Prints what [SideBySide] measured.
///
/// @param contenders measured at every thread count
record SideBySideReport(List<Contender> contenders, List<Integer> threadCounts) {

  /// A row for each engine and effort: medians of the repetitions, latencies over all of them.
  void printTable() {
    List<Column> columns =
        new ArrayList<>(
            List.of(new Column("engine", 13), new Column("list", 5), new Column("recall", 6)));
    for (int threads : threadCounts) {
      columns.add(new Column("QPS x" + threads, 7));
      columns.add(new Column("mean us", 7));
      columns.add(new Column("p50", 6));
      columns.add(new Column("p99", 6));
    }
    columns.add(new Column("expanded", 8));
    columns.add(new Column("approx.", 7));
    columns.add(new Column("exact", 6));
    columns.add(new Column("reads", 6));
    TextTable table = new TextTable(columns);
    System.out.println();
    System.out.println(table.headings());
    for (Contender contender : contenders) {
      for (Effort effort : contender.efforts()) {
        System.out.println(table.row(cells(contender, effort)));
      }
    }
  }

  private List<String> cells(Contender contender, Effort effort) {
    int anyThreads = threadCounts.getFirst();
    List<String> cells = new ArrayList<>();
    cells.add(contender.engine().name());
    cells.add(effort.toString());
    cells.add("%.4f".formatted(contender.median(effort, anyThreads, Measurement::recall)));
    for (int threads : threadCounts) {
      LatencyHistogram latencies = contender.latencies(effort, threads);
      cells.add("%.0f".formatted(contender.median(effort, threads, Measurement::queriesPerSecond)));
      cells.add("%.0f".formatted(latencies.meanMicros()));
      cells.add("%.0f".formatted(latencies.percentileMicros(50)));
      cells.add("%.0f".formatted(latencies.percentileMicros(99)));
    }
    cells.add("%.1f".formatted(contender.median(effort, anyThreads, Measurement::expanded)));
    cells.add(
        "%.0f".formatted(contender.median(effort, anyThreads, Measurement::approximateDistances)));
    cells.add("%.0f".formatted(contender.median(effort, anyThreads, Measurement::exactDistances)));
    cells.add("%.2f".formatted(contender.median(effort, anyThreads, Measurement::pageReads)));
    return cells;
  }

  /// A row for each recall and thread count: every engine's throughput there, interpolated within
  /// each repetition, and how the first engine's compares with each other's.
  void printTargets(List<Double> targets) {
    System.out.println();
    for (int threads : threadCounts) {
      for (double target : targets) {
        List<double[]> throughputs =
            contenders.stream().map(contender -> throughputs(contender, threads, target)).toList();
        StringBuilder line = new StringBuilder("recall %.3f x%d:".formatted(target, threads));
        for (int i = 0; i < contenders.size(); i++) {
          Contender contender = contenders.get(i);
          boolean bracketed =
              contender.curves(threads).stream().allMatch(curve -> curve.brackets(target));
          line.append(
              "  %s %.0f%s"
                  .formatted(
                      contender.engine().name(),
                      Contender.median(throughputs.get(i)),
                      bracketed ? "" : " (not bracketed)"));
        }
        for (int i = 1; i < contenders.size(); i++) {
          line.append(ratio(contenders.get(i), throughputs.getFirst(), throughputs.get(i)));
        }
        System.out.println(line);
      }
    }
  }

  private static double[] throughputs(Contender contender, int threads, double target) {
    return contender.curves(threads).stream()
        .mapToDouble(curve -> curve.queriesPerSecondAt(target))
        .toArray();
  }

  private String ratio(Contender other, double[] first, double[] second) {
    double[] ratios =
        IntStream.range(0, first.length).mapToDouble(i -> first[i] / second[i]).toArray();
    return "  | %s / %s %.2f (%.2f to %.2f)"
        .formatted(
            contenders.getFirst().engine().name(),
            other.engine().name(),
            Contender.median(first) / Contender.median(second),
            Arrays.stream(ratios).min().orElse(Double.NaN),
            Arrays.stream(ratios).max().orElse(Double.NaN));
  }
}
