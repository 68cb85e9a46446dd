package com.omendb.tools.bench;

import java.util.Comparator;
import java.util.List;

/// Throughput against recall, from one sweep over efforts. Immutable.
///
/// @param points in ascending order of recall
record RecallCurve(List<Point> points) {
  private static final double MIN_MISS = 1e-6;

  /// One effort of the sweep.
  record Point(double recall, double queriesPerSecond) {
    /// The scale on which curves are nearly straight.
    private double logMiss() {
      return Math.log(Math.max(MIN_MISS, 1 - recall));
    }
  }

  /// Orders the points.
  RecallCurve {
    points = points.stream().sorted(Comparator.comparingDouble(Point::recall)).toList();
  }

  /// Queries a second at a recall: between two points on the straight line of the logarithms of
  /// throughput and missed neighbours. Below the lowest point that point's throughput, which is
  /// rather too low; above the highest NaN.
  double queriesPerSecondAt(double recall) {
    Point below = null;
    for (Point above : points) {
      if (above.recall() >= recall) {
        return below == null ? above.queriesPerSecond() : between(below, above, recall);
      }
      below = above;
    }
    return Double.NaN;
  }

  /// Whether some point lies on each side of a recall.
  boolean brackets(double recall) {
    return points.getFirst().recall() <= recall && points.getLast().recall() >= recall;
  }

  private static double between(Point below, Point above, double recall) {
    double from = below.logMiss();
    double share = (new Point(recall, 0).logMiss() - from) / (above.logMiss() - from);
    double logFrom = Math.log(below.queriesPerSecond());
    return Math.exp(logFrom + share * (Math.log(above.queriesPerSecond()) - logFrom));
  }
}
